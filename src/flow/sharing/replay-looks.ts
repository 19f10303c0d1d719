import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester, SharingClass } from '../../fhir/sharing.ts';
import { readPastFacts, type PastFacts, type PastRow } from '../../store/door/past-facts.ts';
import { everyId, searchAudit, type AuditQuery } from '../../store/audit/search-audit.ts';
import { isUuid } from '../../store/secrets.ts';
import { citizensNow } from '../../store/linkage/link-decisions.ts';
import type { SharingClasses } from '../../store/record/sharing-classes.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight, logReader, overseenBy } from '../check-oversight.ts';
import { decideAgain, type Reconstruction } from './reconstruct-decision.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from '../audit/search-audit.ts';

export interface LookReplayAsk {
  /** the person's id at the issuer, or a client's */
  user: string;
  citizen: string;
  /** half-open, as wide as the time was given */
  from: Date;
  to: Date;
}

/** What sort of information, and whose; null where this reader is not told, or it is no part of a record. */
interface Sort {
  category: string | null;
  custodian: OrganisationKey | null;
}

export interface ShownVersion extends Sort {
  /** `Type/id/_history/version` */
  version: string;
  /** parts of it kept apart that were shown with it */
  parts: string[];
  /** when there was a newer version, by now; null: this is the newest */
  replacedAt: string | null;
}

/** Records of one sort that are this citizen's now and had not come in then. */
export interface Late extends Sort {
  records: number;
  /** of these, what they tell of had begun by then */
  begunBefore: number;
}

/** One look, as it was. */
export interface LookReplay {
  entry: Pick<AuditEntry, 'id' | 'at' | 'interaction' | 'query' | 'outcome' | 'status'> & { /** which part of each resource was sent; null: all that was shown */ shape: string | null; code: string | null; purpose: string | null; role: string | null; organisation: OrganisationKey | null; organisationName: string | null; personName: string | null; /** the one citizen an app's token was for; null: it was for everybody */ within: string | null; emergency: string[] };
  /** of this citizen, and of the directory beside them, in the order they were sent */
  shown: ShownVersion[];
  /** versions of other people sent in the same list */
  shownOfOthers: number;
  withheld: AuditEntry['withheld'];
  /** the rules that allowed and denied, as they were written down */
  decisions: AuditEntry['decisions'];
  notYetArrived: Late[];
  /** whether the same comes out by the facts of then, and in which agreements it rested; null where no rule decided */
  decidedAgain: Pick<Reconstruction, 'same' | 'asOf' | 'agreements' | 'notPermitted'> | null;
}

export interface LookReplays {
  looks: LookReplay[];
  /** there were more in that time than are told at once */
  more: boolean;
  /** where there was none: the last one before */
  lastBefore: { id: string; at: string; interaction: string } | null;
}

const mostLooks = 50;

/**
 * What a person was shown of a citizen at a time, oldest first: the very versions, what was kept back and why, and what had
 * not come in yet; with the decision made again. For those who read the log, from the entries they may read. Of records, an
 * organisation is told of its own, the one that looked of what it was shown, and governance of all.
 */
export async function replayLooks(context: ReleaseContext & { classes: SharingClasses }, requester: Requester, ask: LookReplayAsk, request: RequestFacts): Promise<LookReplays> {
  await checkOversight(context, requester, forAuditReaders);
  if (!isUuid(ask.citizen)) throw new Refusal(notFound);
  const { database } = context;
  const reader = overseenBy(requester);
  const query: AuditQuery = { citizens: await everyId(database, [ask.citizen]), agents: [{ ids: [ask.user], organisations: [] }], words: [], from: ask.from, to: ask.to, reader: logReader(requester), before: null, limit: mostLooks + 1 };
  const found = await searchAudit(database, query);
  const [last] = found.length > 0 ? [] : await searchAudit(database, { ...query, from: null, to: ask.from, limit: 1 });
  const entries = found.slice(0, mostLooks).reverse();
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'look-replay', query: `governance/look-replays?patient=*&user=${encodeURIComponent(ask.user)}&from=${ask.from.toISOString()}&to=${ask.to.toISOString()}`, status: 200, citizen: ask.citizen }),
    { disclosed: entries.map(({ id }) => ({ type: 'AuditEvent', id, version: 1 })), decisions: [] }));
  await context.classes.refresh();
  const looks: LookReplay[] = [];
  const past = entries.length === 0 ? null : await pastOf(context, ask);
  for (const entry of entries) if (past) looks.push(await replayOf(context, entry, past, reader));
  return { looks, more: found.length > mostLooks, lastBefore: last ? { id: last.id, at: last.at, interaction: last.interaction } : null };
}

async function pastOf({ database }: ReleaseContext, { citizen, from }: LookReplayAsk): Promise<PastFacts> {
  const [now = citizen] = await citizensNow(database, [citizen]);
  return readPastFacts(database, now, from);
}

async function replayOf(context: ReleaseContext & { classes: SharingClasses }, entry: AuditEntry, { citizen, rows }: PastFacts, reader: OrganisationKey | null): Promise<LookReplay> {
  const byName = new Map(rows.map((row) => [`${row.type}/${row.id}`, row]));
  const mayTell = (custodian: OrganisationKey | undefined, own = false): boolean => reader === null || (own && reader === entry.who.organisation) || reader === custodian;
  const shown = entry.disclosed.flatMap((version): ShownVersion[] => {
    const [type = '', id = '', , number = '0'] = version.split('/');
    const row = byName.get(`${type}/${id}`);
    if (!row && (entry.listed?.length ?? 0) > 1) return []; // of a list about several citizens it may be anybody's
    const sharingClass = row && classOf(context, row);
    const told = mayTell(sharingClass?.custodian, true);
    return [{ version, parts: (entry.parts ?? []).flatMap((part) => (part.startsWith(`${version}#`) ? [part.slice(version.length + 1)] : [])), replacedAt: row?.versions[Number(number)]?.toISOString() ?? null, category: told ? (sharingClass?.category ?? null) : null, custodian: told ? (sharingClass?.custodian ?? null) : null }];
  });
  const made = await decideAgain(context, entry);
  const { id, at, interaction, query, outcome, status, who } = entry;
  return {
    entry: {
      id, at, interaction, query, outcome, status, shape: entry.shape ?? null, code: entry.code ?? null, purpose: entry.purpose ?? null, role: who.role ?? null, organisation: who.organisation ?? null,
      organisationName: who.organisationName ?? null, personName: who.person?.name ?? null, within: who.within ?? null, emergency: entry.emergency ?? [],
    },
    shown, shownOfOthers: entry.disclosed.length - shown.length, withheld: entry.withheld, decisions: entry.decisions,
    notYetArrived: lateOf(context, rows.filter((row) => row.citizens.at(-1)?.citizen === citizen && mayTell(classOf(context, row)?.custodian)), new Date(at)),
    decidedAgain: made && { same: made.same, asOf: made.asOf, agreements: made.agreements, notPermitted: made.notPermitted },
  };
}

function classOf({ classes }: { classes: SharingClasses }, { classes: past }: PastRow): SharingClass | undefined {
  return classes.find(past.at(-1)?.classId ?? 0);
}

function lateOf(context: { classes: SharingClasses }, rows: readonly PastRow[], at: Date): Late[] {
  const late = rows.filter(({ versions: [first] }) => first !== undefined && first > at);
  const sorts = Map.groupBy(late, (row) => {
    const sharingClass = classOf(context, row);
    return JSON.stringify([sharingClass?.custodian ?? null, sharingClass?.category ?? null]);
  });
  return [...sorts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sort, group]) => {
    const [custodian, category] = JSON.parse(sort) as [string | null, string | null];
    return { custodian, category, records: group.length, begunBefore: group.filter(({ record: { from } }) => from !== null && from <= at).length };
  });
}
