import { allFields, levels, type Field, type NameCount } from './compare-fields.ts';

/** How likely a level is among pairs of one person (`m`) and among pairs of two (`u`). */
export interface LevelWeight {
  m: number;
  u: number;
}

/** How often names are borne by the people a rule was learned on. */
export interface NameCounts {
  /** of all names, those left out of `counts` included */
  total: number;
  counts: { [name: string]: number };
}

/**
 * A version of what probabilistic linkage goes by, kept as data. The model is that of Fellegi and Sunter ("A Theory for
 * Record Linkage", 1969): levels weigh log2(m/u) bits each, agreement on a name by how rare the name is.
 */
export interface LinkageRule {
  version: string;
  /** what it was learned on */
  learnedOn: string;
  /** probability that two people taken at random are one */
  prior: number;
  weights: { [F in Field]: { [level: string]: LevelWeight } };
  /** probabilities from which on a pair is `certain`, and `possible` */
  thresholds: { certain: number; possible: number };
  /** levels that leave a pair to a person, whatever else agrees: twins, parent and child of one name, swapped birth dates */
  neverCertain: { [F in Field]?: readonly string[] };
  /** levels that together are two people of one household, however much else they share */
  apart: readonly { [F in Field]?: readonly string[] }[];
  /** of these levels at least one is needed for `certain`: name and birth date alone may be two people in a city */
  corroboration: { [F in Field]?: readonly string[] };
  /** fields without which nothing is certain */
  needed: readonly Field[];
  names: { given: NameCounts; family: NameCounts };
  review: ReviewRule;
}

/** How people settle what weights cannot. */
export interface ReviewRule {
  /** how long a pair is its reviewer's alone */
  claimMinutes: number;
  /** when joining two needs a second person */
  secondOpinion: {
    /** both have a verified NHS number */
    bothVerified: boolean;
    /** more organisations than this keep a record of either */
    moreCustodiansThan: number;
    /** where either lives, or a record of either, is kept from those who decide */
    somethingHidden: boolean;
  };
}

/** A mistake in a rule's data, or none: every level must weigh something, every probability be one. */
export function checkLinkageRule(rule: LinkageRule): string[] {
  const isProbability = (value: unknown): boolean => typeof value === 'number' && value > 0 && value < 1;
  const wrong = allFields.flatMap((field) => levels[field].flatMap((level) => {
    const { m, u } = rule.weights[field][level] ?? {};
    return isProbability(m) && isProbability(u) ? [] : [`weights.${field}.${level}: m and u are probabilities between 0 and 1`];
  }));
  const unknown = [rule.neverCertain, rule.corroboration, ...rule.apart].flatMap((held) => Object.entries(held)).flatMap(([field, names]) => names.filter((name) => !(allFields as string[]).includes(field) || !(levels[field as Field] as readonly string[]).includes(name)).map((name) => `${field}: there is no level ${name}`));
  const thresholds = isProbability(rule.thresholds.certain) && isProbability(rule.thresholds.possible) && rule.thresholds.possible < rule.thresholds.certain;
  return [...wrong, ...unknown, ...(isProbability(rule.prior) ? [] : ['prior is a probability between 0 and 1']), ...(thresholds ? [] : ['thresholds: possible must be below certain, both between 0 and 1'])];
}

export function nameCount({ names }: Pick<LinkageRule, 'names'>): NameCount {
  return (kind, name) => (Object.hasOwn(names[kind].counts, name) ? names[kind].counts[name] ?? 0 : 0);
}
