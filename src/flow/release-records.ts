import { describeDenial } from '../audit/describe-denial.ts';
import { describeDisclosure } from '../audit/describe-disclosure.ts';
import type { Notice } from '../consent/notice-for.ts';
import type { Grant } from '../consent/types.ts';
import { gone, notFound } from '../fhir/outcome.ts';
import { AuditedRefusal, categories, Refusal, type Problem } from '../fhir/problem.ts';
import type { NotArrived } from '../fhir/notices.ts';
import { typesAboutNobody } from '../fhir/search-parameters.ts';
import type { OrganisationKey, Requester } from '../fhir/sharing.ts';
import type { AuditEntry } from '../audit/types.ts';
import type { VisibleRow } from '../store/door/door.ts';
import type { EverythingBounds } from '../store/door/look-up.ts';
import { readLateFeeds } from '../store/intake/feed-freshness.ts';
import { isUuid } from '../store/secrets.ts';
import { auditFacts, type AskedFacts } from './audit-facts.ts';
import { composeCitizens, type ComposedCitizen } from './compose-citizens.ts';
import { explainRelease, noticeOf } from './explain-release.ts';
import type { HeldGrant } from './policy.ts';
import { namingOf, readAsked, type Ask, type Found } from './read-asked.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';
import { withClasses } from './search-records.ts';
import { severalNamed } from './who-is-named.ts';

/** What may be sent, once this is in hand its audit entry is durable. */
export interface Released {
  rows: VisibleRow[];
  composed: ComposedCitizen[];
  places: VisibleRow[];
  /** what goes along with the matches of a search */
  included: { rows: VisibleRow[]; composed: ComposedCitizen[] };
  notice: Notice;
  /** organisations that sent more than has arrived, or have not sent for too long, where the caller knows they hold something */
  incomplete: NotArrived[];
  next: unknown;
  total?: number | undefined;
  /** nothing was found, and nothing but a system's own records, or not even these, could have been */
  narrow?: NonNullable<Grant['narrow']>;
}

/**
 * THE STORY of a look: who asks → grant → read through the one door → compose → audit (durable) → what may be sent.
 * Nothing found and nothing allowed end the same way, in the same refusal, after an entry that tells them apart.
 */
export async function releaseRecords(context: ReleaseContext, requester: Requester, ask: Ask, request: RequestFacts): Promise<Released> {
  return releaseTold(context, requester, ask, request, (_held, found) => ({ sent: ask.interaction === 'everything' && ask.only?.types?.includes('Patient') === false ? withoutPeople(found) : found, told: {} }));
}

/** The Patient was not asked for: that they may be seen still counts for what is told of them. */
function withoutPeople(found: Found): Found {
  return { ...found, people: [], visible: found.people.flatMap(({ citizen }) => citizen ?? []) };
}

/**
 * The same, telling of what was found before it is audited. What is `sent` must be some of what was found: it is what the
 * entry lists, and nothing else may leave in `told`.
 */
export async function releaseTold<Told extends object>(
  context: ReleaseContext, requester: Requester, ask: Ask, request: RequestFacts, tell: (held: HeldGrant, found: Found) => { sent: Found; told: Told },
): Promise<Released & Told> {
  const { held, result } = await context.policy.under(requester, (holding) => readAsked(context.database, holding.grant.key, ask.interaction === 'search-type' ? { ...ask, query: withClasses(ask.query, holding) } : ask));
  const { sent: found, told } = tell(held, await withLateFeeds(context, result));
  const composed = composeCitizens(held, found.people);
  const none = result.rows.length === 0 && result.there !== true && result.people.every(({ citizen }) => citizen === null) && !lists.has(ask.interaction); // a page of which nothing is sent is no page of nobody
  const missing = result.several === true ? severalNamed : none ? (result.ended === true ? gone : notFound) : null;
  const entry = describeLook(context, requester, ask, request, held, found, missing);
  await appendOrRefuse(context, entry);
  if (missing) throw new AuditedRefusal(missing);
  return { rows: found.rows, composed, places: found.places, included: includedOf(held, found), next: found.next, total: found.total, ...narrowOf(held, ask, found), ...told, notice: noticeWhereVisible(held, found), incomplete: lateCustodians(held, found) };
}

/** Of a search for records of people whose first page is empty. */
function narrowOf({ grant: { narrow } }: HeldGrant, ask: Ask, { rows, people }: Found): Pick<Released, 'narrow'> {
  const empty = ask.interaction === 'search-type' && ask.after === null && ask.query.count > 0 && !typesAboutNobody.has(ask.query.type) && rows.length + people.length === 0;
  return empty && narrow ? { narrow } : {};
}

/** Of people who go along, the composed Patient does. */
function includedOf(held: HeldGrant, { included }: Found): Released['included'] {
  const people = included.filter(({ type, citizen }) => type === 'Patient' && citizen !== null);
  return { rows: included.filter((row) => !people.includes(row)), composed: composeCitizens(held, people) };
}

/** They answer with what there is, be it nothing. */
const lists: ReadonlySet<Ask['interaction']> = new Set(['search-type', 'match', 'history-type', 'presence', 'docref']);

/** Without a durable entry nothing leaves. */
export async function appendOrRefuse(context: Pick<ReleaseContext, 'audit'>, entry: AuditEntry): Promise<void> {
  try {
    await context.audit.append(entry);
  } catch {
    throw new Refusal({
      category: 'unavailable', code: 'audit-unavailable', text: 'The audit trail cannot record this request now, so nothing is answered.', fix: 'Try again in a few seconds.',
    });
  }
}

/** The entry of what sends no record: reading the register, changing it, reviewing. Durable before it takes effect. */
export async function appendAct(context: ReleaseContext, requester: Requester, request: RequestFacts, asked: AskedFacts): Promise<void> {
  await appendOrRefuse(context, describeDisclosure(auditFacts(context, requester, request, asked), { disclosed: [], decisions: [] }));
}

function describeLook(
  context: ReleaseContext, requester: Requester, ask: Ask, request: RequestFacts, held: HeldGrant, found: Found, missing: Problem | null,
): AuditEntry {
  const rows = [...found.rows, ...found.people, ...found.included, ...found.places, ...(found.earlier ?? [])];
  const explained = explainRelease(held, rows, found.withheld);
  const citizens = [...new Set([...found.withheld.map(({ citizen }) => citizen), ...rows.flatMap(({ citizen }) => (citizen === null ? [] : [citizen]))])];
  const listed = citizens.length > 1 || asksForAList(ask);
  const facts = auditFacts(context, requester, request, {
    interaction: ask.interaction === 'history-type' && ask.type === null ? 'history-system' : ask.interaction, query: normalForm(ask), status: missing ? categories[missing.category].status : 200, citizen: citizens.length === 1 && !listed ? citizens[0] : null, emergency: explained.emergency,
  });
  const entry = missing
    ? describeDenial(facts, { outcome: 'denied', code: missing.code, decisions: explained.decisions, withheld: explained.withheld })
    : describeDisclosure(facts, explained);
  return citizens.length > 0 && listed ? { ...entry, listed: citizens.sort() } : entry;
}

/** A list that names nobody is about whoever is in it, be it one. Who looks for people looks for one of them. */
function asksForAList(ask: Ask): boolean {
  return ask.interaction === 'history-type' || (ask.interaction === 'search-type' && ask.query.type !== 'Patient' && namingOf(ask) === null);
}

/** The question without what identifies anybody: ids of rows are keyed hashes, and name no one outside the record. */
function normalForm(ask: Ask): string {
  switch (ask.interaction) {
    case 'read': return `${ask.type}/${idOf(ask.id)}`;
    case 'vread': return `${ask.type}/${idOf(ask.id)}/_history/${ask.version}`;
    case 'history-instance': return `${ask.type}/${idOf(ask.id)}/_history${ask.since === null ? '' : `?_since=${ask.since}`}`;
    case 'history-type': return `${ask.type ?? ''}${ask.type === null ? '' : '/'}_history`;
    case 'everything': return `Patient/${idOf(ask.citizen)}/$everything${boundsSaid(ask.only)}`;
    case 'print': return `Patient/${idOf(ask.citizen)}/$story?${ask.at ? `at=${ask.at.toISOString()}&` : ''}print=true`;
    case 'timeline': case 'story': return `Patient/${idOf(ask.citizen)}/$${ask.interaction}${ask.at ? `?at=${ask.at.toISOString()}` : ''}`;
    case 'search-type': return ask.query.normal;
    case 'match': case 'link-show': case 'summary': case 'presence': case 'ihe-pix': case 'docref': return ask.normal;
  }
}

function boundsSaid(only?: EverythingBounds): string {
  const said = only ? [...(only.types ? [`_type=${only.types.join(',')}`] : []), ...([['_since', only.since], ['start', only.from], ['end', only.to]] as const).flatMap(([name, at]) => (at === null ? [] : [`${name}=${at}`]))] : [];
  return said.length > 0 ? `?${said.join('&')}` : '';
}

/** What is not an id of ours may be anything a caller typed. */
function idOf(id: string): string {
  return isUuid(id) ? id : '*';
}

/** By name, each with the time of its last good record where a feed of it is late. */
export function lateCustodians({ names, classes }: HeldGrant, { incomplete, late }: Found): NotArrived[] {
  const custodians = [...new Set(incomplete.flatMap((classId) => classes.get(classId)?.custodian ?? []))];
  return custodians.map((custodian): NotArrived => {
    const lastGood = late?.get(custodian);
    return { organisation: names.organisations.get(custodian) ?? custodian, ...(lastGood && { lastGood }) };
  }).sort((a, b) => (a.organisation < b.organisation ? -1 : 1));
}

/** Adds since when late feeds are silent, where anything of the found has not arrived. It says nothing of anybody: a feed speaks of all its people. */
async function withLateFeeds({ database, custodianOf }: ReleaseContext, found: Found): Promise<Found> {
  if (found.incomplete.length === 0) return found;
  const late = new Map<OrganisationKey, Date>();
  for (const { feed, lastGood } of await readLateFeeds(database)) {
    const [custodian, before] = [custodianOf(feed), late.get(custodianOf(feed))];
    if (lastGood && (!before || lastGood < before)) late.set(custodian, lastGood);
  }
  return { ...found, late };
}

/** Notices appear only where the composed Patient is visible to the caller. */
export function noticeWhereVisible(held: HeldGrant, found: Found): Notice {
  const visible = new Set([...found.visible, ...found.people.map(({ citizen }) => citizen)]);
  return noticeOf(held, found.withheld.filter(({ citizen }) => visible.has(citizen)));
}
