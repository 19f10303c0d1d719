import { looksAtMany, repeatableLooks } from '../../audit/tell-looks.ts';
import { changedClasses } from '../../consent/changed-classes.ts';
import { compileGrant } from '../../consent/compile-grant.ts';
import { namesFrom } from '../../consent/explain.ts';
import { reviewAgreement } from '../../consent/review-agreement.ts';
import { isSmall, type Told } from '../../consent/suppress-small-numbers.ts';
import type { Agreement, ClassRule, ClauseReference, Grant, RegisteredAgreement } from '../../consent/types.ts';
import { versionInForce, withDraft } from '../../consent/with-draft.ts';
import { parseSearch } from '../../fhir/parse-search.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { typesAboutNobody } from '../../fhir/search-parameters.ts';
import { purposes, sharingRoles, type OrganisationKey, type Requester, type SharingClass } from '../../fhir/sharing.ts';
import type { SearchClause, SearchQuery } from '../../fhir/search-query.ts';
import { listAgreements } from '../../store/sharing/agreements.ts';
import { readDatabaseClock, readGeneration } from '../../store/door/grants.ts';
import { withPastLooks, type ChangedLooks, type PastAsker, type PastLooks } from '../../store/door/past-looks.ts';
import type { SharingClasses } from '../../store/record/sharing-classes.ts';
import { checkOversight } from '../check-oversight.ts';
import { registeredFrom } from '../register-agreements.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendAct } from '../release-records.ts';
import { forAuditReaders } from '../audit/search-audit.ts';

/** How many past looks would have met something otherwise, about how many people, in how many records; null: about too few people to tell. */
export interface Counts {
  looks: Told;
  citizens: Told;
  records: Told;
}

/** What a draft would newly show to, or hide from, people of one organisation in one role, of one sort of information. */
export interface WhatIfLine extends Counts {
  effect: 'shown' | 'hidden';
  organisation: string;
  role: string;
  purpose: string;
  custodian: string;
  category: string;
  labels: readonly string[];
  /** the clause that would show it, or that shows it today; absent where none does and it is emergency access or the like */
  clause?: ClauseReference;
}

export interface WhatIfReport {
  draft: { id: string; version: string; sha256: string };
  /** the version in force whose place the draft would take */
  replaces: string | null;
  since: string;
  until: string;
  /** looks at records of people in that time; those that met nobody cannot be judged and are counted apart */
  looks: number;
  lookedAtNobody: number;
  /** beside them: lists of everybody's changes, files of exports and notifications, of which only what was sent is known */
  notJudged: number;
  /** searches asked in more ways than are judged one by one: of these only the resource type was taken into account */
  judgedByTypeAlone: boolean;
  /** counts of lines about fewer people than this are not told */
  smallNumber: number;
  lines: WhatIfLine[];
}

/** Different ways to search that are judged by all their conditions. */
const formsJudged = 500;
const share = { gather: 0.4, count: 0.6 };

export type WhatIfContext = ReleaseContext & { classes: SharingClasses; smallNumber: number };
export type WhatIfRun = (progress: (done: number) => void, gone: AbortSignal) => Promise<WhatIfReport>;
export type BeginWhatIf = (requester: Requester, ask: { text: string; since: Date }, request: RequestFacts) => Promise<WhatIfRun>;

/**
 * What would have been otherwise, had a text been in force: the looks at people since an instant, as the audit trail has
 * them, over the rows of today. Choices, relationships and the other agreements are those of today; emergency access,
 * which is one person's for an hour, is left out. Counts only: nobody is named. Changes nothing. A text that is no
 * agreement is refused before anything runs; a process runs one at a time, and stops when whoever asked has gone.
 */
export function createWhatIf(context: WhatIfContext): BeginWhatIf {
  let running = false;
  return async (requester, ask, request) => {
    const read = reviewAgreement(ask.text, await knownOrganisations(context));
    if ('problems' in read) throw new Refusal(...read.problems);
    const draft = read.agreement;
    await checkOversight(context, requester, forAuditReaders);
    if (running) throw new Refusal(anotherRuns);
    await appendAct(context, requester, request, { interaction: 'agreement-what-if', query: `governance/agreements/${draft.id}/${draft.version}`, status: 200 });
    return async (progress, gone) => {
      if (running) throw new Refusal(anotherRuns);
      running = true;
      try {
        return await compareWithDraft(context, draft, ask.since, (done) => {
          gone.throwIfAborted();
          progress(done);
        });
      } finally {
        running = false;
      }
    };
  };
}

/** Those of the directory, and whoever is a party to an agreement that is registered already. */
async function knownOrganisations({ database, directory }: ReleaseContext): Promise<Set<OrganisationKey>> {
  const parties = (await listAgreements(database)).flatMap((row) => registeredFrom(row)?.agreement.parties ?? []);
  return new Set([...directory.keys(), ...parties.map(({ organisation }) => organisation)]);
}

async function compareWithDraft(context: WhatIfContext, draft: Agreement, since: Date, progress: (done: number) => void): Promise<WhatIfReport> {
  const [now, generation, rows] = [await readDatabaseClock(context.database), await readGeneration(context.database), await listAgreements(context.database)];
  const standing = rows.flatMap((row) => registeredFrom(row) ?? []);
  await context.classes.refresh();
  const comparison = { standing, then: withDraft(standing, draft, now), classes: context.classes.all(), generation, now };
  const names = namesFrom([...standing, { agreement: draft, activatedAt: null, terminatedAt: null, signedBy: [] }]).organisations;
  return withPastLooks(context.database, async (looks) => {
    const { looks: seen, nobody, notJudged } = await looks.gather(since, { repeatable: repeatableLooks, many: looksAtMany, aboutNobody: [...typesAboutNobody] }, (done) => { progress(done * share.gather); });
    const compared = await compareAskers(looks, comparison);
    const forms = await looks.forms(formsJudged + 1);
    const changed = await looks.count(forms.slice(0, formsJudged).flatMap(searchOf), (done) => { progress(share.gather + done * share.count); });
    return {
      draft: { id: draft.id, version: draft.version, sha256: draft.sha256 }, replaces: versionInForce(standing, draft.id, now),
      since: since.toISOString(), until: now.toISOString(), looks: seen, lookedAtNobody: nobody, notJudged, judgedByTypeAlone: forms.length > formsJudged,
      smallNumber: context.smallNumber,
      lines: linesOf(changed, compared, new Map(comparison.classes.map((each) => [each.id, each])), names, context.smallNumber),
    };
  });
}

const anotherRuns: Problem = {
  category: 'throttled', code: 'what-if-running', text: 'This gateway is working out another draft at this moment.', fix: 'Try again when it is done; it takes minutes at most.',
};

interface Comparison {
  standing: readonly RegisteredAgreement[];
  then: readonly RegisteredAgreement[];
  classes: readonly SharingClass[];
  generation: number;
  now: Date;
}

interface ComparedAsker {
  asker: PastAsker;
  today: Grant;
  later: Grant;
}

/** Both grants of everybody who asked; what was asked in a role or for a purpose that is no more is left out. */
async function compareAskers(looks: PastLooks, { standing, then, classes, generation, now }: Comparison): Promise<Map<number, ComparedAsker>> {
  const compared = new Map<number, ComparedAsker>();
  for (const asker of await looks.askers()) {
    const { organisation, scopes } = asker;
    const [role, purpose] = [sharingRoles.find((each) => each === asker.role), purposes.find((each) => each === asker.purpose)];
    if (!role || !purpose) continue;
    const requester: Requester = { client: 'what-if', token: 'none', organisation, organisationName: organisation, role, purpose, scopes };
    const [today, later] = [compileGrant({ requester, classes, agreements: standing, generation, now }), compileGrant({ requester, classes, agreements: then, generation, now })];
    compared.set(asker.no, { asker, today, later });
    await looks.compare(asker.no, today, later, changedClasses(today, later));
  }
  return compared;
}

/** A search as it stands in the log: its identifying values are gone, and the citizen of the entry stands for them. One that goes through other resources, or by marks, is judged by its type. */
function searchOf(form: string): { form: string; query: SearchQuery }[] {
  const [type = '', parameters = ''] = form.split('?');
  const parsed = parseSearch(type, parameters === '' ? [] : parameters.split('&').map((pair) => readPair(pair)), { handling: 'strict' });
  return 'query' in parsed && parsed.query.clauses.every(isOfRow) ? [{ form, query: parsed.query }] : [];
}

function isOfRow(clause: SearchClause): boolean {
  return !('chain' in clause || 'has' in clause || ('anyOf' in clause && clause.ofClass !== undefined));
}

function readPair(pair: string): [string, string] {
  const [name = '', value = ''] = pair.split('=');
  return [name, decodeURIComponent(value)];
}

function linesOf(
  changed: readonly ChangedLooks[], compared: ReadonlyMap<number, ComparedAsker>, classes: ReadonlyMap<number, SharingClass>, names: ReadonlyMap<string, string>, smallNumber: number,
): WhatIfLine[] {
  const nameOf = (organisation: string): string => names.get(organisation) ?? organisation;
  const lines = changed.flatMap(({ asker, classId, opened, looks, citizens, rows }): WhatIfLine[] => {
    const [who, what] = [compared.get(asker), classes.get(classId)];
    if (!who || !what) return [];
    const clause = clauseOf((opened ? who.later : who.today).rules.get(classId));
    return [{
      effect: opened ? 'shown' : 'hidden', organisation: nameOf(who.asker.organisation), role: who.asker.role, purpose: who.asker.purpose,
      custodian: nameOf(what.custodian), category: what.category, labels: what.labels, ...(clause && { clause }), ...(isSmall(citizens, smallNumber) ? { looks: null, citizens: null, records: null } : { looks, citizens, records: rows }),
    }];
  });
  return lines.sort((one, other) => sortKey(one).localeCompare(sortKey(other), 'en'));
}

function sortKey({ effect, organisation, custodian, category, role, purpose, labels }: WhatIfLine): string {
  return [effect === 'shown' ? '0' : '1', organisation, custodian, category, role, purpose, ...labels].join('\n');
}

function clauseOf(rule: ClassRule | undefined): ClauseReference | undefined {
  return rule && 'clause' in rule && rule.agreement !== undefined && rule.version !== undefined && rule.clause !== undefined
    ? { agreement: rule.agreement, version: rule.version, clause: rule.clause } : undefined;
}
