import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { sumDecisions, sumWithheld } from '../../audit/describe-request.ts';
import { looksAtMany, namesInQuery, repeatableLooks } from '../../audit/tell-looks.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { registeredAt, registerInstants } from '../../consent/at-instant.ts';
import { compileGrant } from '../../consent/compile-grant.ts';
import { namesFrom } from '../../consent/explain.ts';
import type { RegisteredAgreement } from '../../consent/types.ts';
import { clausesInForce } from '../../consent/clauses-in-force.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { purposes, sharingRoles, type Requester, type SharingClass } from '../../fhir/sharing.ts';
import { listAgreements } from '../../store/sharing/agreements.ts';
import { readEntry, readPastFacts, type PastFacts } from '../../store/door/past-facts.ts';
import { isUuid } from '../../store/secrets.ts';
import type { SharingClasses } from '../../store/record/sharing-classes.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader } from '../check-oversight.ts';
import { explainFirstClause, explainRelease, type Explained, type ReleasedRow } from '../explain-release.ts';
import { factInstants, factsAt, heldAt, keptBack, mayBeSeen, type FactsAt } from './facts-at.ts';
import { registeredFrom } from '../register-agreements.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendOrRefuse } from '../release-records.ts';
import { forAuditReaders } from '../audit/search-audit.ts';

/** A past decision made again, beside what the entry says was decided. */
export interface Reconstruction {
  entry: Pick<AuditEntry, 'id' | 'at' | 'interaction' | 'query'>;
  /** the instant whose facts give this answer: the entry's own, or one just before a change that was under way */
  asOf: string;
  /** agreements in force then */
  agreements: { id: string; version: string; title: string }[];
  same: boolean;
  /** what the entry says, and what comes out now by the facts of then; counts of what was sent and kept back included */
  recorded: Decided;
  recomputed: Decided;
  /** `Type/id/_history/version` that was sent and would not be by these facts */
  notPermitted: string[];
}

type Decided = Pick<AuditEntry, 'decisions' | 'withheld'>;

/** An answer is made of several reads, and what another transaction wrote becomes visible at its end: changes this close to an entry may fall before or after it. */
const aroundMs = 60_000;
const mostInstants = 100;
const reading: readonly string[] = [...repeatableLooks, ...looksAtMany];

/**
 * Makes the decision of an audit entry again from what was in force then: agreements with the signatures of then, the
 * citizen's choices, relationships, emergency access, and the classes of the rows. For those who read the log. Of a list
 * that names nobody only what was sent is decided again, because what was kept back was not counted then either.
 */
export async function reconstructDecision(context: ReleaseContext & { classes: SharingClasses }, requester: Requester, id: string, request: RequestFacts): Promise<Reconstruction> {
  await checkOversight(context, requester, forAuditReaders);
  const entry = isUuid(id) ? await readEntry(context.database, id, logReader(requester)) : null;
  if (!entry) throw new Refusal(notFound);
  if (!decidedSomething(entry)) throw new Refusal(nothingDecided);
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'reconstruct', query: `AuditEvent/${id}/$reconstruct`, status: 200, citizen: entry.citizen }), { disclosed: [{ type: 'AuditEvent', id, version: 1 }], decisions: [] }));
  const made = await decideAgain(context, entry);
  if (!made) throw new Refusal(nothingDecided);
  return made;
}

/** An entry's decision made again; null where it is of no look at records. Audits nothing: whoever asks does. */
export async function decideAgain(context: ReleaseContext & { classes: SharingClasses }, entry: AuditEntry): Promise<Reconstruction | null> {
  const asker = requesterOf(entry);
  return asker && decidedSomething(entry) ? again(entry, asker, await readWorld(context, entry)) : null;
}

function decidedSomething(entry: AuditEntry): boolean {
  return requesterOf(entry) !== null && reading.includes(entry.interaction) && !entry.query.startsWith('AuditEvent');
}

/** Everything that may have mattered, with its times. */
interface World {
  agreements: readonly RegisteredAgreement[];
  classes: ReadonlyMap<number, SharingClass>;
  people: ReadonlyMap<string, PastFacts>;
}

async function readWorld({ database, classes }: ReleaseContext & { classes: SharingClasses }, entry: AuditEntry): Promise<World> {
  const from = new Date(Date.parse(entry.at) - aroundMs);
  const people = new Map<string, PastFacts>();
  for (const citizen of new Set([...(entry.citizen ? [entry.citizen] : []), ...(entry.listed ?? [])])) people.set(citizen, await readPastFacts(database, citizen, from));
  const agreements = (await listAgreements(database)).flatMap((row) => registeredFrom(row) ?? []);
  await classes.refresh();
  return { agreements, classes: new Map(classes.all().map((each) => [each.id, each])), people };
}

function again(entry: AuditEntry, asker: Requester, world: World): Reconstruction {
  const at = new Date(entry.at);
  const first = decideAt(entry, asker, world, at);
  if (first.same) return first;
  const changes = [...registerInstants(world.agreements), ...[...world.people.values()].flatMap(factInstants)].map((instant) => instant.getTime())
    .filter((instant) => instant <= at.getTime() && at.getTime() - instant < aroundMs);
  for (const instant of [...new Set(changes)].sort((a, b) => b - a).slice(0, mostInstants)) {
    const made = decideAt(entry, asker, world, new Date(instant - 1));
    if (made.same) return made;
  }
  return first;
}

function decideAt(entry: AuditEntry, asker: Requester, { agreements: registered, classes, people }: World, now: Date): Reconstruction {
  const agreements = registered.map((each) => registeredAt(each, now));
  const question = { requester: asker, agreements, now };
  const facts = new Map([...people].map(([citizen, past]) => [citizen, factsAt(past, now)]));
  const sent = sentRows(entry, facts, classes, question);
  const reaches = (citizen: string | null): boolean => asker.citizen === undefined || citizen === asker.citizen; // what a token of one citizen does not reach is as if it were not there
  const withheld = namesSomebody(entry) ? [...facts].flatMap(([citizen, of]) => (reaches(citizen) ? [keptBack(citizen, of, classes, question)] : [])) : [];
  const grant = compileGrant({ requester: asker, classes: [...classes.values()], agreements, generation: 0, now });
  const notPermitted = sent.filter(({ citizen, classId, id }) => {
    const of = facts.get(citizen ?? '');
    const record = of?.rows.find((row) => row.id === id)?.record;
    return classId !== null && !(reaches(citizen) && of && record && mayBeSeen(of, classes.get(classId), record, question) && grant.rules.get(classId)?.kind !== 'none');
  });
  const held = { grant, names: namesFrom(registered), classes };
  const permitted = sent.filter((row) => !notPermitted.includes(row));
  const recomputed = decided(explainRelease(held, permitted, withheld));
  const recorded = { decisions: entry.decisions, withheld: entry.withheld };
  const asBefore = (): Decided => withoutChoices(decided(explainRelease(held, permitted, withheld, explainFirstClause)));
  const inForce = new Map(clausesInForce(agreements, now).map(({ agreement }) => [`${agreement.id} ${agreement.version}`, agreement]));
  return {
    entry: { id: entry.id, at: entry.at, interaction: entry.interaction, query: entry.query }, asOf: now.toISOString(),
    agreements: [...inForce.values()].map(({ id, version, title }) => ({ id, version, title })),
    same: notPermitted.length === 0 && (canonicalJson(recorded) === canonicalJson(recomputed) || canonicalJson(recorded) === canonicalJson(asBefore())),
    recorded, recomputed, notPermitted: notPermitted.map(({ type, id, version }) => `${type}/${id}/_history/${version}`),
  };
}

function decided({ decisions, withheld }: Explained): Decided {
  return { decisions: sumDecisions(decisions), withheld: sumWithheld(withheld) };
}

/** Entries before 0.8.0 do not name the choice. */
function withoutChoices({ decisions, withheld }: Decided): Decided {
  return { decisions: sumDecisions(decisions.map(({ choice: _, ...rest }) => rest)), withheld };
}

/** What was sent, with the class each row had and what its reading rested on; rows of nobody (the directory) carry none. */
function sentRows(entry: AuditEntry, facts: ReadonlyMap<string, FactsAt>, classes: World['classes'], question: { requester: Requester; now: Date }): ReleasedRow[] {
  const rows = new Map([...facts].flatMap(([citizen, of]) => of.rows.map((row) => [`${row.type}/${row.id}`, { citizen, classId: row.classId, emergency: of.emergencyOf(question.requester), held: heldAt(of, classes.get(row.classId), row.record, question) }] as const)));
  return entry.disclosed.map((said) => {
    const [type = '', id = '', , version = '0'] = said.split('/');
    const row = rows.get(`${type}/${id}`);
    return { type, id, version: Number(version), classId: row?.classId ?? null, citizen: row?.citizen ?? null, emergency: row?.emergency ?? null, held: row?.held ?? null };
  });
}

/** Whether the request named somebody, so that what was kept back of them was counted. */
function namesSomebody({ interaction, query }: AuditEntry): boolean {
  if (looksAtMany.includes(interaction)) return false;
  return !['search-type', 'match'].includes(interaction) || namesInQuery(query);
}

/** Who asked, as far as a decision depends on it; null: nobody was known, or in words this program does not know. */
function requesterOf({ who, purpose }: AuditEntry): Requester | null {
  const [role, use] = [sharingRoles.find((each) => each === who.role), purposes.find((each) => each === purpose)];
  if (!role || !use || who.organisation === undefined) return null;
  return {
    client: who.client, token: who.token ?? 'none', organisation: who.organisation, organisationName: who.organisationName ?? who.organisation, role, purpose: use,
    scopes: who.scopes ?? [], ...(who.person && { person: who.person }), ...(who.within !== undefined && { citizen: who.within }),
  };
}

const nothingDecided: Problem = {
  category: 'unprocessable', code: 'nothing-decided', text: 'This entry is not of a look at records, so no rule of sharing decided it.', expected: 'the entry of a read, a search, a history or a whole record',
};
