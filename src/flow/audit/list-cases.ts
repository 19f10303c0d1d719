import type { CaseSignal } from '../../audit/cases/case-rule.ts';
import { sayOddity, sayRarity } from '../../audit/cases/say-oddity.ts';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { CaseOutcome, CaseState } from '../../fhir/case-words.ts';
import { londonDay } from '../../fhir/london-day.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { findCase, listCases, loadEvents, loadOddLooks, readableEntries, type CaseEvent, type CasePosition, type CaseRow, type OddRow } from '../../store/audit/access-cases.ts';
import { citizensNow } from '../../store/linkage/link-decisions.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader, overseenBy } from '../check-oversight.ts';
import { appendAct, appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

/** What somebody may do about a case: those it was put to ask and close, those of the person's organisation answer. */
export type CaseSide = 'keeper' | 'asked';

export interface CaseEntry {
  reference: string;
  state: CaseState;
  outcome: CaseOutcome | null;
  /** what this reader is to it */
  side: CaseSide;
  keeper: OrganisationKey;
  keeperName: string | null;
  /** whom it is about */
  about: { person: string; name: string; role: string; organisation: OrganisationKey; organisationName: string | null };
  signals: CaseSignal[];
  /** null: for those it was put to alone */
  score: number | null;
  openedAt: string;
  lastOddAt: string;
  /** null: nobody, or for those it was put to alone */
  takenBy: string | null;
  due: string | null;
  overdue: boolean;
}

/** What was odd about looks at one citizen, or about one day. */
export interface CaseSubject {
  /** `A`, `B` …; what is said of it names nobody */
  label: string;
  kind: 'citizen' | 'day';
  /** only for whoever may read in the log whom it was about */
  citizen: string | null;
  /** null: for those it was put to alone */
  points: number | null;
  odd: { signal: CaseSignal; sentence: string; rarity: string; points: number; looks: number; days: number; firstAt: string; lastAt: string }[];
  looks: { id: string; at: string; interaction: string }[];
}

export interface CaseHappening extends Omit<CaseEvent, 'at' | 'person'> {
  at: string;
}

export interface CaseDetails extends CaseEntry {
  rule: string;
  subjects: CaseSubject[];
  more: boolean;
  events: CaseHappening[];
}

const mostOdd = 200;

/** Cases put to the requester's organisation, or that it was asked about; governance sees all. Nobody sees one about themselves. */
export async function listAccessCases(
  context: ReleaseContext, requester: Requester, asked: { closed: boolean; after: CasePosition | null; count: number }, request: RequestFacts,
): Promise<{ cases: CaseEntry[]; next: CasePosition | null }> {
  await checkOversight(context, requester, forAuditReaders);
  const found = await listCases(context.database, logReader(requester), { closed: asked.closed, after: asked.after, limit: asked.count + 1 });
  const page = found.slice(0, asked.count);
  await appendAct(context, requester, request, { interaction: 'case-list', query: `governance/cases?state=${asked.closed ? 'closed' : 'open'}`, status: 200 });
  const last = found.length > asked.count ? page.at(-1) : undefined;
  return { cases: page.map((row) => entryOf(context, requester, row)), next: last ? { openedAt: last.openedAt.toISOString(), id: last.id } : null };
}

/** One case: what was odd in sentences, the looks it rests on as far as the log shows them to this reader, and what became of it. The entry of this lists those looks. */
export async function readAccessCase(context: ReleaseContext, requester: Requester, reference: string, request: RequestFacts): Promise<CaseDetails> {
  const row = await caseFor(context, requester, reference);
  const details = await detailsOf(context, requester, row);
  const citizens = details.subjects.flatMap(({ citizen }) => (citizen === null ? [] : [citizen])).sort();
  const looks = details.subjects.flatMap((subject) => subject.looks.map(({ id }) => ({ type: 'AuditEvent', id, version: 1 })));
  const entry = describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'case-show', query: `governance/cases/${row.reference}`, status: 200, citizen: citizens.length === 1 ? citizens[0] : null, aboutPerson: row.person }), { disclosed: looks, decisions: [] });
  await appendOrRefuse(context, citizens.length > 1 ? { ...entry, listed: citizens } : entry);
  return details;
}

/** The case of this reference, for somebody who may see it; whatever else there is meets the one refusal. */
export async function caseFor(context: ReleaseContext, requester: Requester, reference: string): Promise<CaseRow> {
  await checkOversight(context, requester, forAuditReaders);
  const row = await findCase(context.database, logReader(requester), reference);
  if (!row) throw new Refusal(caseUnknown);
  return row;
}

async function detailsOf(context: ReleaseContext, requester: Requester, row: CaseRow): Promise<CaseDetails> {
  const [odd, events] = [await loadOddLooks(context.database, row.id, mostOdd + 1), await loadEvents(context.database, row.id)];
  const entry = entryOf(context, requester, row);
  return {
    ...entry, rule: row.rule, subjects: await subjectsOf(context, requester, entry.side, odd.slice(0, mostOdd)), more: odd.length > mostOdd,
    events: events.filter((event) => mayRead(entry.side, event)).map(({ at, person: _, ...event }) => ({ ...event, at: at.toISOString() })),
  };
}

export function sideOf(requester: Requester, { keeper }: Pick<CaseRow, 'keeper'>): CaseSide {
  const own = overseenBy(requester);
  return own === null || own === keeper ? 'keeper' : 'asked';
}

/** Notes are for those who put the case, as is what they do before they ask. */
function mayRead(side: CaseSide, { kind }: CaseEvent): boolean {
  return side === 'keeper' || ['ask', 'answer', 'close', 'reopen'].includes(kind);
}

/** What the keeper's list says, or the names it knows, is not for whom it asks; that it weighs anything there is told by points. */
const ofTheKeeper: ReadonlySet<CaseSignal> = new Set(['prominent', 'own-record', 'same-surname']);

function maySee(side: CaseSide, signal: CaseSignal): boolean {
  return side === 'keeper' || !ofTheKeeper.has(signal);
}

async function subjectsOf({ database }: ReleaseContext, requester: Requester, side: CaseSide, odd: readonly OddRow[]): Promise<CaseSubject[]> {
  const reader = logReader(requester);
  const readable = await readableEntries(database, [...new Set(odd.flatMap(({ entries }) => entries))], reader);
  const asked = [...new Set(odd.flatMap(({ citizen }) => (citizen === null ? [] : [citizen])))];
  const now = await citizensNow(database, asked);
  const nowOf = new Map(asked.map((citizen, i) => [citizen, now[i] ?? citizen])); // two who were joined since are one
  const subjects = Map.groupBy(odd, ({ citizen, about }) => (citizen === null ? about : (nowOf.get(citizen) ?? citizen)));
  return [...subjects].map(([subject, rows], i): CaseSubject => {
    const citizen = rows[0]?.citizen === null ? null : subject;
    const looks = [...new Set(rows.flatMap(({ entries }) => entries))].flatMap((id) => {
      const look = readable.get(id);
      return look ? [{ id, at: look.at.toISOString(), interaction: look.interaction }] : [];
    }).sort((one, other) => (one.at < other.at ? -1 : 1));
    return {
      label: labelOf(i), kind: citizen === null ? 'day' : 'citizen', citizen: reader.organisation === null || looks.length > 0 ? citizen : null,
      points: side === 'keeper' ? round(rows.reduce((sum, { points }) => sum + points, 0)) : null, looks,
      odd: rows.filter(({ signal }) => maySee(side, signal)).map((row) => ({ signal: row.signal, sentence: sayOddity(row), rarity: sayRarity(row), points: round(row.points), looks: row.looks, days: row.days, firstAt: row.firstAt.toISOString(), lastAt: row.lastAt.toISOString() })),
    };
  });
}

function entryOf({ directory, clock }: ReleaseContext, requester: Requester, row: CaseRow): CaseEntry {
  const { reference, state, keeper, person, personName: name, role, organisation, due } = row;
  const side = sideOf(requester, row);
  const nameOf = (key: OrganisationKey): string | null => directory.get(key)?.name ?? null;
  return {
    reference, state, outcome: side === 'keeper' || state === 'closed' ? row.outcome : null, side, keeper, keeperName: nameOf(keeper), about: { person, name, role, organisation, organisationName: nameOf(organisation) },
    signals: row.signals.filter((signal) => maySee(side, signal)), score: side === 'keeper' ? round(row.score) : null, openedAt: row.openedAt.toISOString(), lastOddAt: row.lastOddAt.toISOString(), takenBy: side === 'keeper' ? row.takenName : null, due, overdue: due !== null && due < londonDay(clock()),
  };
}

function round(points: number): number {
  return Math.round(points * 10) / 10;
}

/** `A` to `Z`, then `AA` and on. */
function labelOf(i: number): string {
  return (i >= 26 ? labelOf(Math.floor(i / 26) - 1) : '') + String.fromCharCode(65 + (i % 26));
}

const caseUnknown: Problem = {
  category: 'not-found', code: 'case-unknown', text: 'No case of this reference was put to your organisation, and it was asked about none.', fix: 'See GET /governance/cases for those there are.',
};
