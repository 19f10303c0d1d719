import { leftOutUnder, withoutElements, type SubjectAccessRules } from '../../consent/subject-access.ts';
import { oversightRoles } from '../../consent/oversees.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester, SharingClass } from '../../fhir/sharing.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import type { AuditPosition } from '../../store/audit/search-audit.ts';
import { isUuid } from '../../store/secrets.ts';
import { assembleText } from '../assemble.ts';
import { checkOversight } from '../check-oversight.ts';
import type { HoldBackContext } from './hold-back.ts';
import type { HeldGrant } from '../policy.ts';
import type { Found } from '../read-asked.ts';
import { releaseAccessReport } from './release-access-report.ts';
import { appendAct, releaseTold } from '../release-records.ts';
import type { RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

export interface SubjectAccessContext extends HoldBackContext {
  subjectAccess: SubjectAccessRules;
}

/** Lines of JSON, a few at a time: see `subjectAccessLines` in docs/retention.md. */
export type SubjectAccessLines = AsyncGenerator<string[], void, undefined>;

const recordsTogether = 200;

/**
 * THE STORY of a subject access request: a person → audit (durable) → the record, page by page through the one door, each page
 * audited before it is handed out, of the officer's own organisation alone and without what the rules leave out → for those who
 * watch over looks, who looked, as the citizen is told → how much was left out, for the officer. Nothing beyond a page is held.
 * Whoever oversees reads no care data and whoever keeps records reads no log, here as everywhere: the answer takes both.
 */
export async function openSubjectAccess(context: SubjectAccessContext, requester: Requester, citizen: string, request: RequestFacts): Promise<SubjectAccessLines> {
  if (watches(requester)) await checkOversight(context, requester, forAuditReaders);
  if (!requester.person) throw new Refusal(byAPerson);
  if (!isUuid(citizen)) throw new Refusal(notFound);
  await appendAct(context, requester, request, { interaction: 'subject-access', query: `governance/subject-access/${citizen} rules=${context.subjectAccess.version}`, status: 200, citizen });
  const lines = writeLines(context, requester, citizen, request);
  const first = await lines.next(); // what is refused is refused before the first byte
  return handOn(first, lines);
}

async function* handOn(first: IteratorResult<string[], void>, rest: SubjectAccessLines): SubjectAccessLines {
  if (!first.done) yield first.value;
  yield* rest;
}

async function* writeLines(context: SubjectAccessContext, requester: Requester, citizen: string, request: RequestFacts): SubjectAccessLines {
  const leftOut = new Map<string, number>();
  const leave = (rule: string): unknown => leftOut.set(rule, (leftOut.get(rule) ?? 0) + 1);
  let [records, looks] = [0, 0];
  for (let place: Place | null = { after: null, sent: [] }; place;) {
    const page: Page = await releaseTold(context, requester, { interaction: 'everything', citizen, ...place, count: recordsTogether }, request, (held, found) => given(context, requester, held, found));
    page.leftOut.forEach(leave);
    records += page.rows.length;
    yield [...(place.after === null ? page.composed.map(({ patient }) => patientLine(context, patient, leave)) : []), ...page.rows.map((row) => `{"record":${assembleText(row)}}`), ...page.places.map((row) => `{"place":${assembleText(row)}}`)];
    place = page.next as Place | null;
  }
  for (let before: AuditPosition | null | undefined = watches(requester) ? null : undefined; before !== undefined;) {
    const report = await releaseAccessReport(context, requester, { citizen, from: null, to: null, before }, request);
    looks += report.lines.length;
    yield report.lines.map((look) => JSON.stringify({ look }));
    before = report.olderThan ?? undefined;
  }
  const { rules, version } = context.subjectAccess;
  yield [JSON.stringify({ end: { records, looks, madeAt: context.clock().toISOString(), by: requester.person?.name, organisation: requester.organisationName, rules: version, leftOut: rules.flatMap(({ code, law, title }) => (leftOut.has(code) ? [{ rule: code, law, title: title['en-GB'], count: leftOut.get(code) }] : [])) } })];
}

interface Place {
  after: { type: string; id: string } | null;
  /** places that were given */
  sent: string[];
}

type Page = Awaited<ReturnType<typeof releaseTold<{ leftOut: string[] }>>>;

/** What of a page is given: it is what the page's entry lists. A part of a record is left out as a record of its class would be. */
export function given({ subjectAccess }: Pick<SubjectAccessContext, 'subjectAccess'>, requester: Requester, { classes }: HeldGrant, found: Found): { sent: Found; told: { leftOut: string[] } } {
  const classOf = ({ classId }: Pick<VisibleRow, 'classId'>): SharingClass | undefined => (classId === null ? undefined : classes.get(classId));
  const own = (row: VisibleRow): boolean => watches(requester) || classOf(row)?.custodian === requester.organisation; // each controller answers for its own
  const under = (row: Pick<VisibleRow, 'type' | 'classId'>): string | null => leftOutUnder({ type: row.type, labels: classOf(row)?.labels ?? null }, subjectAccess);
  const partUnder = (row: VisibleRow, [, , classId]: Fragment): string | null => under({ type: row.type, classId: classId ?? null });
  const withoutParts = (row: VisibleRow): VisibleRow => {
    const parts = (row.fragments ?? []).filter((part) => partUnder(row, part) === null);
    return { ...row, fragments: parts.length > 0 ? parts : null };
  };
  const mine = found.rows.filter(own);
  const kept = mine.filter((row) => under(row) === null);
  const [rows, people] = [kept.map(withoutParts), found.people.filter(own).map(withoutParts)];
  const places = namedIn([...rows, ...people], found.places);
  const leftOut = [...mine.flatMap((row) => under(row) ?? []), ...kept.flatMap((row) => (row.fragments ?? []).flatMap((part) => partUnder(row, part) ?? []))];
  return { sent: { ...found, rows, people, places, next: nextOf(found, places) }, told: { leftOut } };
}

type Fragment = NonNullable<VisibleRow['fragments']>[number];

/** Of these places those that what is given names, and those that these name: of what is left out none is told. */
function namedIn(given: readonly VisibleRow[], places: readonly VisibleRow[]): VisibleRow[] {
  const kept = new Set<VisibleRow>();
  for (let texts = given.map(assembleText); texts.length > 0;) {
    const named = new Set(texts.flatMap((text) => [...text.matchAll(uuid)].map(([id]) => id)));
    const more = places.filter((place) => !kept.has(place) && named.has(place.id));
    for (const place of more) kept.add(place);
    texts = more.map(assembleText);
  }
  return places.filter((place) => kept.has(place));
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Places that were not given yet may be named by a later page. */
function nextOf({ next, places }: Found, given: readonly VisibleRow[]): unknown {
  const place = next as Place | null;
  const held = new Set(places.filter((each) => !given.includes(each)).map(({ id }) => id));
  return place && { ...place, sent: place.sent.filter((id) => !held.has(id)) };
}

/** Those who watch over looks are told of them, and see who a record is about and what was chosen. */
function watches({ role }: Requester): boolean {
  return oversightRoles.includes(role);
}

function patientLine({ subjectAccess }: SubjectAccessContext, patient: { resourceType: string }, leave: (rule: string) => unknown): string {
  const { given: shown, leftOut } = withoutElements(patient, subjectAccess);
  leftOut.forEach(leave);
  return JSON.stringify({ patient: shown });
}

const byAPerson: Problem = { category: 'forbidden', code: 'subject-access-person', text: 'What a person is given about themselves is answered for by a person, not by a system.', fix: 'Sign in as a person.' };
