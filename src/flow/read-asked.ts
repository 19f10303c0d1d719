import { typesAboutNobody } from '../fhir/search-parameters.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { SearchClause, SearchQuery } from '../fhir/search-query.ts';
import type { Database } from '../store/database.ts';
import { stale, type VisibleRow } from '../store/door/door.ts';
import { readConfirmations, type ConfirmationRow } from '../store/story/confirmations.ts';
import { countWithheld, type Naming, type Withheld } from '../store/door/count-withheld.ts';
import { readEventDecisions, type StandingDecision } from '../store/linkage/event-decisions.ts';
import { lookAtMatches } from '../store/door/find-matches.ts';
import { lookAtEverything, lookAtHistory, lookAtRow, lookAtStory, type EverythingBounds, type HistoryPosition } from '../store/door/look-up.ts';
import { readEarlier, readHistory, readIncomplete, readSourcePatients, readVersion, wasEnded } from '../store/door/read-rows.ts';
import { isUuid } from '../store/secrets.ts';
import type { PagePosition } from '../store/door/search-rows.ts';
import type { PlanChangeBounds } from '../story/event-types.ts';
import { tellsOfPlans } from '../story/plan-changes.ts';
import { readPerson, type PersonFound } from './read-person.ts';
import { searchRecords } from './search-records.ts';
import type { PersonAsk } from './who-is-named.ts';

/** What a requester asks of the record. Ids are UUIDs: anything else does not exist. */
export type Ask =
  | { interaction: 'read'; type: string; id: string }
  | { interaction: 'vread'; type: string; id: string; version: number }
  | { interaction: 'history-instance'; type: string; id: string; since: string | null; before: number; count: number }
  /** of a type, or of everything (null), stored at or after an instant */
  | { interaction: 'history-type'; type: string | null; since: string | null; after: HistoryPosition | null; count: number }
  | { interaction: 'search-type'; query: SearchQuery; after: PagePosition | null }
  | MatchAsk
  | { interaction: 'link-show'; normal: string; citizens: string[]; choose: MatchAsk['choose'] }
  | { interaction: 'everything'; citizen: string; only?: EverythingBounds; after: { type: string; id: string } | null; count: number; sent: string[] }
  /** all that may be seen of one citizen, to be told as events */
  | StoryAsk
  | PersonAsk;

/** `at`: as it was known before this instant; what may be seen of it is decided by the rights of now. */
export type StoryAsk = { interaction: 'timeline'; citizen: string; at?: Date } | { interaction: 'story'; citizen: string; at?: Date; changes?: PlanChangeBounds } | { interaction: 'print'; citizen: string; at?: Date; changes?: PlanChangeBounds };

/** Who may be meant by what is asked: `choose` judges whoever the keys find by what of them may be seen. */
export interface MatchAsk {
  interaction: 'match';
  /** without what identifies anybody */
  normal: string;
  hashes: readonly Buffer[];
  /** identifiers that name somebody */
  tokens: readonly bigint[];
  choose: (people: readonly VisibleRow[]) => VisibleRow[];
}

/** What came through the door for it, and what the accountant counts beside it. */
export interface Found {
  /** resources in order; source Patients of one citizen stand together where a Patient is composed */
  rows: VisibleRow[];
  /** source Patients to be shown as one composed Patient per citizen */
  people: VisibleRow[];
  /** directory rows the others name */
  places: VisibleRow[];
  /** what goes along with the matches because it was asked for, source Patients to be composed among it */
  included: VisibleRow[];
  withheld: Withheld[];
  /** citizens named by a search whose composed Patient the caller may see */
  visible: string[];
  /** classes of visible source Patients of whom more was sent than has arrived */
  incomplete: number[];
  /** of these, custodians with a late feed, and when the last good record of it came */
  late?: ReadonlyMap<OrganisationKey, Date>;
  /** position after the last row, when there is more */
  next: unknown;
  total?: number | undefined;
  /** of a story: what people decided about events, and whether there was more than is read at once */
  decisions?: StandingDecision[];
  cut?: boolean;
  /** what was asked for by its id is there no more, and the caller could see it until it was deleted */
  ended?: boolean;
  /** nothing of what is there has the form that was asked for */
  there?: boolean;
  /** several people bear the identifier that was asked by */
  several?: PersonFound['several'];
  counts?: PersonFound['counts'];
  /** of a story: what was found still right */
  confirmations?: ConfirmationRow[];
  /** of a story: versions before those of `rows` of the records that plans are made of */
  earlier?: VisibleRow[];
}

const nothing: Omit<Found, 'withheld'> = { rows: [], people: [], places: [], included: [], visible: [], incomplete: [], next: null };
const lastVersion = 2_147_483_647;

/** One door, one grant: every path of every interaction reads here. */
export async function readAsked(database: Database, grantKey: string, asked: Ask): Promise<Found | typeof stale> {
  const ask = withRealIds(asked);
  if (ask.interaction === 'read') return readCurrent(database, grantKey, ask);
  if (ask.interaction === 'everything') return everything(database, grantKey, ask);
  if (ask.interaction === 'timeline' || ask.interaction === 'story' || ask.interaction === 'print') return wholeStory(database, grantKey, ask.citizen, ask.at, 'changes' in ask ? ask.changes : undefined);
  if ('whom' in ask) {
    const found = await readPerson(database, grantKey, ask, (citizen) => wholeStory(database, grantKey, citizen, undefined, ask.changes));
    return found === stale ? stale : { ...nothing, ...found };
  }
  const naming = namingOf(ask);
  const [found, withheld, incomplete] = await Promise.all([
    readRows(database, grantKey, ask),
    naming ? countWithheld(database, grantKey, naming) : Promise.resolve([]),
    naming && 'citizens' in naming ? readIncomplete(database, grantKey, naming.citizens.filter(isUuid)) : Promise.resolve([]),
  ]);
  if (found === stale || withheld === stale || incomplete === stale) return stale;
  const uncounted = naming ? await countWithheldOf(database, grantKey, found.people, withheld) : [];
  return uncounted === stale ? stale : { ...found, withheld: [...withheld, ...uncounted], incomplete: incomplete.map(({ classId }) => classId) };
}

/** An identifier may name more people than the accountant looks at: those found are counted all the same, so that hidden ones cannot crowd out a notice. */
async function countWithheldOf(database: Database, grantKey: string, people: readonly VisibleRow[], counted: readonly Withheld[]): Promise<Withheld[] | typeof stale> {
  const known = new Set(counted.map(({ citizen }) => citizen));
  const missing = [...new Set(people.flatMap(({ citizen }) => (citizen === null || known.has(citizen) ? [] : [citizen])))];
  return missing.length === 0 ? [] : countWithheld(database, grantKey, { citizens: missing });
}

async function readRows(database: Database, grantKey: string, ask: Exclude<Ask, StoryAsk | PersonAsk | { interaction: 'read' | 'everything' }>): Promise<Omit<Found, 'withheld'> | typeof stale> {
  switch (ask.interaction) {
    case 'vread': {
      const rows = await readVersion(database, grantKey, ask.type, ask.id, ask.version);
      return rows !== stale && rows.some(({ deleted }) => deleted) ? { ...nothing, ended: true } : rowsOnly(rows);
    }
    case 'history-instance': return history(database, grantKey, ask);
    case 'history-type': return historyOfAll(database, grantKey, ask);
    case 'match': {
      const people = await lookAtMatches(database, grantKey, ask.hashes);
      return people === stale ? stale : { ...nothing, people: ask.choose(people) };
    }
    case 'link-show': {
      const people = await readSourcePatients(database, grantKey, ask.citizens);
      return people === stale ? stale : { ...nothing, people: ask.choose(people) };
    }
    case 'search-type': {
      const found = await searchRecords(database, grantKey, ask.query, ask.after);
      return found === stale ? stale : { ...nothing, ...found };
    }
  }
}

function rowsOnly(rows: VisibleRow[] | typeof stale): Omit<Found, 'withheld'> | typeof stale {
  return rows === stale ? stale : { ...nothing, rows };
}

/** `Patient/{citizen}` is composed; `Patient/{source id}` is what one partner said. */
async function readCurrent(database: Database, grantKey: string, ask: Ask & { interaction: 'read' }): Promise<Found | typeof stale> {
  const looked = await lookAtRow(database, grantKey, ask.type, ask.id);
  if (looked === stale) return stale;
  if (looked.rows.length === 0) {
    const ended = await wasEnded(database, grantKey, ask.type, ask.id);
    return ended === stale ? stale : { ...nothing, withheld: looked.withheld, ended };
  }
  const composed = looked.rows.some(({ type, id }) => type === 'Patient' && id !== ask.id);
  return { ...nothing, ...(composed ? { people: looked.rows } : { rows: looked.rows }), withheld: looked.withheld };
}

async function history(database: Database, grantKey: string, ask: Ask & { interaction: 'history-instance' }): Promise<Omit<Found, 'withheld'> | typeof stale> {
  const rows = await readHistory(database, grantKey, ask.type, ask.id, ask.since, ask.before || lastVersion, ask.count + 1);
  if (rows === stale) return stale;
  if (rows.length === 0 && ask.since !== null) {
    const older = await readHistory(database, grantKey, ask.type, ask.id, null, lastVersion, 1);
    return older === stale ? stale : { ...nothing, there: older.length > 0 };
  }
  const page = rows.slice(0, ask.count);
  return { ...nothing, rows: page, next: rows.length > ask.count ? { before: page.at(-1)?.version } : null };
}

/** Newest first, whosever it is: rows that come or go between two pages shift no other. */
async function historyOfAll(database: Database, grantKey: string, ask: Ask & { interaction: 'history-type' }): Promise<Omit<Found, 'withheld'> | typeof stale> {
  const rows = await lookAtHistory(database, grantKey, ask, ask.count + 1);
  if (rows === stale) return stale;
  const page = rows.slice(0, ask.count);
  const last = page.at(-1);
  return { ...nothing, rows: page, next: rows.length > ask.count && last ? { at: last.at, id: last.id, version: last.version } : null };
}

/** Without a visible source Patient there is no such citizen for the caller, whatever else it may see. */
async function everything(database: Database, grantKey: string, ask: Ask & { interaction: 'everything' }): Promise<Found | typeof stale> {
  const looked = await lookAtEverything(database, grantKey, ask.citizen, ask.after ?? { type: '', id: noId }, ask.count + 1, ask.only);
  if (looked === stale) return stale;
  const { rows, withheld, incomplete } = looked;
  const people = rows.filter(({ scope, type }) => scope === 'citizen' && type === 'Patient');
  if (people.length === 0) return { ...nothing, withheld, incomplete };
  const records = rows.filter(({ scope, type }) => scope === 'citizen' && type !== 'Patient');
  const page = records.slice(0, ask.count);
  const sent = new Set(ask.sent);
  const places = rows.filter(({ scope, type, id }) => scope === 'directory' && !sent.has(id) && (ask.only?.types?.includes(type) ?? true));
  const last = page.at(-1);
  return {
    ...nothing, rows: page, people, places, withheld, incomplete,
    next: records.length > ask.count && last ? { after: { type: last.type, id: last.id }, sent: [...sent, ...places.map(({ id }) => id)] } : null,
  };
}

/** Told at once: events are only found among all that may be seen. Without a visible source Patient there is no such citizen. */
async function wholeStory(database: Database, grantKey: string, citizen: string, at?: Date, changes?: PlanChangeBounds): Promise<Found | typeof stale> {
  const [looked, decisions, confirmations] = await Promise.all([
    lookAtStory(database, grantKey, citizen, mostInStory + 1, at), readEventDecisions(database, grantKey, citizen), readConfirmations(database, grantKey, citizen),
  ]);
  if (looked === stale || decisions === stale || confirmations === stale) return stale;
  const { rows, withheld, incomplete } = looked;
  const people = rows.filter(({ scope, type }) => scope === 'citizen' && type === 'Patient').sort(byId);
  if (people.length === 0) return { ...nothing, withheld, incomplete };
  const records = rows.filter(({ scope, type }) => scope === 'citizen' && type !== 'Patient');
  const earlier = changes ? await earlierOf(database, grantKey, records, changes) : [];
  if (earlier === stale) return stale;
  return {
    ...nothing, rows: records, people, places: rows.filter(({ scope }) => scope === 'directory').sort(byId), withheld, incomplete, earlier,
    decisions, confirmations: at ? confirmations.filter((each) => each.at < at) : confirmations, cut: records.length > mostInStory,
  };
}

/** Earlier versions of the records plans are made of, of those that changed last; most people's have none. */
async function earlierOf(database: Database, grantKey: string, records: readonly VisibleRow[], { records: most, versions }: PlanChangeBounds): Promise<VisibleRow[] | typeof stale> {
  const changed = records.filter((row) => row.version > 1 && tellsOfPlans(row)).sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime() || byId(a, b)).slice(0, most);
  const [first] = changed;
  return typeof first?.citizen === 'string' && versions > 0 ? readEarlier(database, grantKey, first.citizen, changed, versions) : [];
}

/** In an order that depends on nothing else there is. */
function byId(a: VisibleRow, b: VisibleRow): number {
  return a.id < b.id ? -1 : 1;
}

/** Records read for one story; one more says that there are more, which then are those of what happened longest ago. */
const mostInStory = 5000;

/** Every id is a UUID: whatever else was asked for does not exist, and is looked for all the same. */
function withRealIds(ask: Ask): Ask {
  if (ask.interaction === 'search-type' || ask.interaction === 'match' || ask.interaction === 'link-show' || ask.interaction === 'history-type') return ask;
  if ('whom' in ask) return 'citizen' in ask.whom && !isUuid(ask.whom.citizen) ? { ...ask, whom: { citizen: noId } } : ask;
  if ('citizen' in ask) return isUuid(ask.citizen) ? ask : { ...ask, citizen: noId };
  return isUuid(ask.id) ? ask : { ...ask, id: noId };
}

const noId = '00000000-0000-0000-0000-000000000000';

/** Whom a request names: what the accountant is asked about, found or not. Work-list searches name nobody. */
export function namingOf(ask: Exclude<Ask, PersonAsk>): Naming | null {
  switch (ask.interaction) {
    case 'everything': case 'timeline': case 'story': case 'print': return { citizens: [ask.citizen] };
    case 'search-type': return namedIn(ask.query);
    case 'link-show': return { citizens: ask.citizens };
    case 'match': return ask.tokens.length > 0 ? { tokens: ask.tokens } : null;
    case 'history-type': return null;
    default: return { id: ask.id };
  }
}

function namedIn(query: SearchQuery): Naming | null {
  const clauses = query.clauses.flatMap(namingClauses);
  const citizens = clauses.flatMap((clause) => ('citizen' in clause ? clause.citizen : 'ids' in clause ? clause.ids : []));
  const tokens = clauses.flatMap((clause) => ('anyOf' in clause && clause.identifies ? clause.anyOf : []));
  return citizens.length > 0 ? { citizens, tokens } : tokens.length > 0 ? { tokens } : null;
}

/** Whatever is gone through to a record about somebody names them by what it says of it. */
function namingClauses(clause: SearchClause): SearchClause[] {
  const through = 'chain' in clause ? clause.chain.to : 'has' in clause ? [clause.has] : undefined;
  return through?.flatMap(({ type, clauses }) => (typesAboutNobody.has(type) ? [] : clauses.flatMap(namingClauses))) ?? [clause];
}
