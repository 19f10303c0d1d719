import type { Patient } from '@medplum/fhirtypes';
import type { Problem } from '../../fhir/problem.ts';
import { blockingKeys } from '../../linkage/blocking-keys.ts';
import { decideLink, weighLink } from '../../linkage/decide-link.ts';
import type { GradedPair } from '../../linkage/grade-pair.ts';
import { personFacts } from '../../linkage/person-facts.ts';
import type { Candidate, LinkDecision, PersonFacts } from '../../linkage/types.ts';
import { findLinkedPeople, type LinkedPerson, type LinkEvidence, type PersonChange, type PossibleLink } from '../../store/record/citizens.ts';
import type { Connection } from '../../store/database.ts';
import { loadPersons } from '../../store/linkage/link-decisions.ts';
import { keyedHash } from '../../store/secrets.ts';
import { blamePerson } from './blame-person.ts';
import { invalidNumber } from './check-number.ts';
import type { IntakeContext } from './intake-context.ts';
import { resourceId } from './name-resource.ts';
import { loadDecided, type Decisions, type Place } from './link-decided.ts';
import type { MappedRow } from './read-and-map.ts';

/** What linking works with. */
export type LinkingContext = Pick<IntakeContext, 'secrets' | 'grade' | 'newId'>;

export interface LinkedRow extends MappedRow {
  citizen: string;
  /** the source Patient it belongs to, and the citizen that was first put at: what is joined later keeps both */
  person: string | null;
  home: string;
  /** the same of everybody who is this citizen now: two of them may speak of one record */
  homes: readonly string[];
}

export interface Linking {
  linked: LinkedRow[];
  refused: { row: MappedRow['row']; problems: Problem[] }[];
  citizens: { citizen: string; traced: boolean }[];
  people: PersonChange[];
}

interface Identity {
  mapped: MappedRow;
  /** what the sender calls the person */
  own: PersonFacts['local'][number];
  /** absent: the row names the sender's person only, or adds to one whom another part describes */
  person?: { id: string; facts: PersonFacts };
  hashes: Map<string, string>;
  /** those of them that say who it is, not only who it may be */
  exact: string[];
}

/**
 * Decides whose each row is, in order, so that a batch's second row about a new person finds the citizen its first row
 * made. After a refused row the person's later rows wait for the next batch: they may build on what was refused.
 */
export async function linkPeople(connection: Connection, context: LinkingContext, rows: readonly MappedRow[], registry = createRegistry()): Promise<Linking> {
  const hashes = new Map<string, string>();
  const identities = rows.map((mapped) => identify(context, mapped, hashes));
  await registry.load(connection, identities.flatMap(({ hashes }) => [...hashes.values()]), identities.flatMap(({ exact }) => exact));
  const decisions = await loadDecided(connection, registry, identities.flatMap(({ person }) => person?.id ?? []));
  const linking: Linking = { linked: [], refused: [], citizens: [], people: [] };
  const waiting = new Set<string>();
  for (const identity of identities) {
    const { mapped } = identity;
    const queue = `${mapped.row.feed}\u0000${mapped.row.personKey}`;
    if (waiting.has(queue)) continue;
    const decided = decideOne(context, identity, registry, decisions, linking);
    if ('problem' in decided) {
      waiting.add(queue);
      linking.refused.push({ row: mapped.row, problems: [decided.problem] });
    } else {
      linking.linked.push({ ...mapped, ...decided });
    }
  }
  return linking;
}

/** `made`: the hash of each key so far; rows of one person have the same keys. */
function identify(context: LinkingContext, mapped: MappedRow, made: Map<string, string>): Identity {
  const base = mapped.feed.partner.identifierBase;
  const patient = mapped.resources.find((resource) => resource['resourceType'] === 'Patient');
  const own = { system: `${base}/person`, value: mapped.about ?? mapped.row.personKey };
  const hash = (key: string): [string, string] => {
    const hashed = made.get(key) ?? keyedHash(context.secrets.person, key).toString('hex');
    made.set(key, hashed);
    return [key, hashed];
  };
  if (!patient || mapped.part.knownPeople) {
    const known = hash(localKey(own));
    return { mapped, own, hashes: new Map([known]), exact: [known[1]] };
  }
  const facts = personFacts(patient as unknown as Patient, base);
  const id = resourceId(context.secrets, patient, base) ?? '';
  const hashes = new Map(keysOf(facts).map(hash));
  return { mapped, own, person: { id, facts }, hashes, exact: [...hashes].flatMap(([key, value]) => (key.startsWith('likeness:') ? [] : [value])) };
}

/** The blocking key of what a sender calls somebody. */
export function localKey({ system, value }: PersonFacts['local'][number]): string {
  return `local:${system}|${value}`;
}

/** Blocking keys told apart by kind, so that no value of one can meet a value of another. */
export function keysOf(facts: PersonFacts): string[] {
  const { nhs, local, demographic, likeness } = blockingKeys(facts);
  return [...(nhs ? [`nhs:${nhs}`] : []), ...local.map((key) => `local:${key}`), ...(demographic ? [`demographic:${demographic}`] : []), ...likeness.map((key) => `likeness:${key}`)];
}

/** Who is known: the record's people as they are asked for, and those found since. Linking several times in one go takes one registry. */
export interface Registry {
  load(connection: Connection, hashes: readonly string[], exact: readonly string[]): Promise<void>;
  /** these citizens with everybody who is one of them, whatever found them */
  loadCitizens(connection: Connection, citizens: readonly string[]): Promise<void>;
  candidates(hashes: Iterable<string>): Candidate[];
  factsOf(citizen: string): Map<string, PersonFacts>;
  homeOf(person: string): string | undefined;
  add(citizen: string, id: string, facts: PersonFacts, hashes: Iterable<string>): void;
}

/** `inThought`: nothing will be written, so nobody need be kept from making the same person known. */
export function createRegistry(inThought = false): Registry {
  const byCitizen = new Map<string, Map<string, PersonFacts>>();
  const homes = new Map<string, string>();
  const byHash = new Map<string, Set<string>>();
  const factsOf = (citizen: string): Map<string, PersonFacts> => {
    const facts = byCitizen.get(citizen) ?? new Map<string, PersonFacts>();
    byCitizen.set(citizen, facts);
    return facts;
  };
  const take = (people: readonly LinkedPerson[]): void => {
    for (const { citizen, id, home, facts } of people) {
      homes.set(id, homes.get(id) ?? home);
      if (!factsOf(citizen).has(id)) factsOf(citizen).set(id, facts);
    }
  };
  return {
    load: async (connection, hashes, exact) => {
      const unasked = [...new Set(hashes)].filter((hash) => !byHash.has(hash));
      const known = await findLinkedPeople(connection, unasked.map((hash) => Buffer.from(hash, 'hex')), inThought ? [] : [...new Set(exact)].filter((hash) => !byHash.has(hash)).map((hash) => Buffer.from(hash, 'hex')));
      for (const hash of unasked) byHash.set(hash, known.byHash.get(hash) ?? new Set());
      take(known.people);
    },
    loadCitizens: async (connection, citizens) => take(await loadPersons(connection, citizens.filter((citizen) => !byCitizen.has(citizen)))),
    factsOf, homeOf: (person) => homes.get(person),
    candidates: (hashes) => [...new Set([...hashes].flatMap((hash) => [...(byHash.get(hash) ?? [])]))]
      .map((citizen) => ({ citizen, facts: [...factsOf(citizen).values()] })),
    add: (citizen, id, facts, hashes) => {
      factsOf(citizen).set(id, facts);
      homes.set(id, homes.get(id) ?? citizen);
      for (const hash of hashes) byHash.set(hash, (byHash.get(hash) ?? new Set()).add(citizen));
    },
  };
}

type Decided = Pick<LinkedRow, 'citizen' | 'person' | 'home' | 'homes'>;

function decideOne(context: LinkingContext, identity: Identity, registry: Registry, decisions: Decisions, linking: Linking): Decided | { problem: Problem } {
  const { mapped, person, hashes } = identity;
  const found = registry.candidates(hashes.values());
  if (!person) return found.length === 1 && found[0] ? knownPerson(identity, registry, found[0].citizen) : { problem: blamePerson(mapped, personNotKnown) };
  const candidates = decisions.mayBe(person.id, found);
  const place = decisions.placeOf(person.id, person.facts, context.grade);
  const decision: LinkDecision = place?.doubt === null ? { kind: 'certain', citizen: place.citizen, rule: 'link-decision-01', agreed: [] } : decideLink(person.facts, candidates, context.grade);
  if (decision.kind === 'refused') return { problem: blamePerson(mapped, refusals[decision.code]) };
  const citizen = decision.kind === 'certain' ? decision.citizen : context.newId();
  if (decision.kind !== 'certain') linking.citizens.push({ citizen, traced: decision.kind === 'new' && decision.traced });
  const already = registry.factsOf(citizen).get(person.id);
  const rests = already ? { evidence: null, possible: [] } : gradedOf(decision, () => weighLink(person.facts, [...registry.factsOf(citizen).values()], context.grade));
  if (!already || JSON.stringify(already) !== JSON.stringify(person.facts)) {
    registry.add(citizen, person.id, person.facts, hashes.values());
    linking.people.push({
      citizen, id: person.id, feed: mapped.feed.key, personKey: mapped.row.personKey, rule: decision.rule, facts: person.facts,
      hashes: [...hashes.values()].map((hash) => Buffer.from(hash, 'hex')), ...rests, possible: [...rests.possible, ...doubtfulJoin(place, citizen)],
    });
  }
  return { citizen, person: person.id, ...homesOf(registry, citizen, person.id) };
}

/** A join that was asked for before the person was described, and that what is said of them now leaves to somebody. */
function doubtfulJoin(place: Place | undefined, citizen: string): PossibleLink[] {
  return place && place.doubt !== null && place.citizen !== citizen ? [{ candidate: place.citizen, rule: place.doubt, evidence: null }] : [];
}

/** Whom the sender's own id means, of those who are this citizen. */
function knownPerson({ own }: Identity, registry: Registry, citizen: string): Decided {
  const people = [...registry.factsOf(citizen)];
  const person = people.find(([, { local }]) => local.some(({ system, value }) => system === own.system && value === own.value))?.[0] ?? null;
  return { citizen, person, ...homesOf(registry, citizen, person) };
}

function homesOf(registry: Registry, citizen: string, person: string | null): Pick<Decided, 'home' | 'homes'> {
  const homes = [...registry.factsOf(citizen).keys()].map((id) => registry.homeOf(id) ?? citizen);
  return { home: registry.homeOf(person ?? '') ?? citizen, homes: [...new Set(homes)] };
}

/** What a decision rests on, as it is kept; `weigh` tells what weights say of a link that an exact rule made. */
export function gradedOf(decision: LinkDecision, weigh: () => GradedPair | null): Pick<PersonChange, 'evidence' | 'possible'> {
  const kept = ({ bits, evidence, held, rule }: GradedPair): LinkEvidence => ({ bits, evidence, held, rule });
  if (decision.kind === 'certain') {
    const pair = decision.graded ?? weigh();
    return { evidence: pair && { ...kept(pair), agreed: decision.agreed }, possible: [] };
  }
  if (decision.kind !== 'possible') return { evidence: null, possible: [] };
  const byCitizen = new Map(decision.graded?.map(({ citizen, pair }) => [citizen, kept(pair)]));
  return { evidence: null, possible: decision.candidates.map((candidate) => ({ candidate, rule: decision.rule, evidence: byCitizen.get(candidate) ?? null })) };
}

const personNotKnown: Problem = {
  category: 'unprocessable', code: 'person-not-known', text: 'The row is about a person whom its sender has not described yet.',
  fix: 'Send the person first; the row is taken up again by itself when the person arrives.',
};
const refusals: Record<Extract<LinkDecision, { kind: 'refused' }>['code'], Problem> = {
  'nhs-number-invalid': invalidNumber,
  'nhs-number-of-another-person': {
    category: 'unprocessable', code: 'nhs-number-of-another-person', text: 'The NHS number is known for a person with another name and date of birth.',
    fix: 'Check the number at the source. Nothing was attached to either person.',
  },
  'nhs-number-changed': {
    category: 'unprocessable', code: 'nhs-number-changed', text: 'The sender now gives this person another NHS number than before.',
    fix: 'Check which number is right; if two records were merged, send the merge.',
  },
  'identifiers-of-two-people': {
    category: 'unprocessable', code: 'identifiers-of-two-people', text: 'The identifiers of this row belong to two different people.',
    fix: 'Check the identifiers at the source. Nothing was attached to either person.',
  },
};
