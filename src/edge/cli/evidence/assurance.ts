import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test by the file it is in and words of its title as they stand there. */
export interface NamedTest {
  file: string;
  test: string;
}

/** One hazard, in the shape of a DCB0129 hazard log. */
export interface Hazard {
  id: string;
  hazard: string;
  causes: string[];
  effect: string;
  before: Risk;
  controls: { control: string; tests: NamedTest[] }[];
  after: Risk;
  status: string;
  /** what is left to whoever runs or uses it */
  left?: string;
}

export interface Risk {
  severity: string;
  likelihood: string;
}

export interface HazardLog {
  version: string;
  note: string;
  severities: string[];
  likelihoods: string[];
  /** by likelihood, then by severity */
  ratings: number[][];
  hazards: Hazard[];
}

export interface Attack {
  id: string;
  area: string;
  attack: string;
  expected: string;
  tests: NamedTest[];
}

/** What the makers claim keeps people safe: `assurance/*.json`. */
export interface Assurance {
  hazards: HazardLog;
  attacks: { version: string; attacks: Attack[] };
}

export function readAssurance(root: string): Assurance {
  const read = <Content>(file: string): Content => JSON.parse(readFileSync(join(root, 'assurance', file), 'utf8')) as Content;
  return { hazards: read<HazardLog>('hazards.json'), attacks: read<Assurance['attacks']>('attacks.json') };
}

/** The rating of a risk by the log's own table; null where it names what the table has not. */
export function ratingOf({ severities, likelihoods, ratings }: HazardLog, { severity, likelihood }: Risk): number | null {
  return ratings[likelihoods.indexOf(likelihood)]?.[severities.indexOf(severity)] ?? null;
}

/** Tests that are named and are not there, and hazards and attacks that name none: whatever rests on them is no evidence. */
export function missingEvidence(root: string, { hazards, attacks }: Assurance): string[] {
  const texts = new Map<string, string | null>();
  const textOf = (file: string): string | null => {
    const known = texts.get(file) ?? (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : null);
    texts.set(file, known);
    return known;
  };
  const missing = (of: string, tests: readonly NamedTest[]): string[] => (tests.length === 0 ? [`${of} names no test`]
    : tests.filter(({ file, test }) => !isTitle(textOf(file), test)).map(({ file, test }) => `${of} rests on a test that is not there: ${file} "${test}"`));
  return [
    ...hazards.hazards.flatMap(({ id, controls, before, after }) => [
      ...(controls.length === 0 ? [`${id} has no control`] : controls.flatMap(({ tests }) => missing(id, tests))),
      ...[before, after].filter((risk) => ratingOf(hazards, risk) === null).map(({ severity, likelihood }) => `${id} has a risk that is in no table: ${severity}, ${likelihood}`),
    ]),
    ...attacks.attacks.flatMap(({ id, tests }) => missing(id, tests)),
  ];
}

/** Whether these words are in the title of a test or of a group of them, not just somewhere in the file. */
function isTitle(text: string | null, words: string): boolean {
  return text !== null && words.length > 5 && text.split('\n').some((line) => /(?:^\s*\]\)|\b(?:it|test|describe)\b.*)\(['"`](.*)$/.exec(line)?.[1]?.includes(words) === true);
}
