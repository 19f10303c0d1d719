import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { dueBefore, inRanges, neverErased, type RetentionRule, type RetentionRules } from '../../audit/retention.ts';
import type { SubjectAccessRules } from '../../consent/subject-access.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { endLapsedHolds, eraseBytes, eraseCases, eraseLooks, findDueBytes, findDueCases, findDueLooks, type FeedsOf } from '../../store/audit/retention.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOverAll } from './legal-hold.ts';
import { tombstoneOf } from './redact-entry.ts';
import { appendAct, appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export interface RetentionContext extends ReleaseContext {
  retention: RetentionRules;
  subjectAccess: SubjectAccessRules;
  feeds: readonly { key: string; organisation: OrganisationKey }[];
}

/** A rule with what it would erase now. */
export interface DueReport extends RetentionRule {
  /** what came before is due; null = nothing ever is */
  before: string | null;
  /** of the first that are looked at, in the order they came: how many would be erased, and how many a hold keeps */
  due: number;
  held: number;
  /** more was not looked at: the numbers are of a part */
  more: boolean;
}

const lookedThrough = 10_000;
/** the record of an erasure names every entry: so many are one entry of the log */
const erasedTogether = 1_000;

/** What each rule would erase, and what is left out where a person asks. Nothing is changed. */
export async function tellDue(context: RetentionContext, requester: Requester, request: RequestFacts): Promise<{ version: string; rules: DueReport[]; subjectAccess: SubjectAccessRules }> {
  await checkOverAll(context, requester);
  const rules: DueReport[] = [];
  for (const rule of context.retention.rules) {
    const before = dueBefore(rule, context.clock());
    const { due, held, more } = before ? await findDue(context, rule, before, lookedThrough) : nothingDue;
    rules.push({ ...rule, before: before?.toISOString() ?? null, due, held, more });
  }
  await appendAct(context, requester, request, { interaction: 'retention-list', query: 'governance/retention', status: 200 });
  return { version: context.retention.version, rules, subjectAccess: context.subjectAccess };
}

/**
 * Erases the next of what is due under a rule, and keeps what is under a legal hold: a person in governance → what is due →
 * audit (durable, naming each) → erased, but for what came under a hold meanwhile. At most a thousand at a time; `more` says that
 * there may be others. Killed in between, the next does it again.
 */
export async function eraseDue(context: RetentionContext, requester: Requester, code: string, version: string, request: RequestFacts): Promise<{ erased: number; held: number; more: boolean }> {
  await checkOverAll(context, requester);
  if (!requester.person) throw new Refusal(byAPerson);
  if (version !== context.retention.version) throw new Refusal(rulesChanged);
  const rule = context.retention.rules.find((each) => each.code === code);
  if (!rule) throw new Refusal({ ...ruleUnknown, expected: context.retention.rules.map((each) => each.code).join(', ') });
  const before = dueBefore(rule, context.clock());
  if (!before) throw new Refusal(keptForEver);
  await endLapsedHolds(context.database);
  const { due, held, more, named, erase } = await findDue(context, rule, before, erasedTogether);
  const query = due === 0 ? `governance/retention/${rule.code} nothing` : named; // that it was run is worth knowing
  const facts = auditFacts(context, requester, request, { interaction: query.startsWith('audit/') ? 'audit-redact' : 'retention-erase', query, status: 200 });
  await appendOrRefuse(context, describeDisclosure(facts, { disclosed: [], decisions: [] }));
  const erased = await erase(facts.id);
  return { erased, held: held + due - erased, more };
}

/** What is due of a rule, how the log names it, and how it is erased once the entry is durable. */
interface Due {
  due: number;
  held: number;
  more: boolean;
  named: string;
  /** how many were erased: not what came under a hold since */
  erase: (recordedBy: string) => Promise<number>;
}

const nothingDue: Pick<Due, 'due' | 'held' | 'more'> = { due: 0, held: 0, more: false };

async function findDue({ database, feeds }: RetentionContext, { code: rule, of }: RetentionRule, before: Date, limit: number): Promise<Due> {
  if (of === 'closed-cases') {
    const { cases, held, more } = await findDueCases(database, before, limit);
    return { due: cases.length, held, more, named: `governance/retention/${rule} cases=${cases.map(({ reference }) => reference).join(',')}`, erase: (recordedBy) => eraseCases(database, cases.map(({ id }) => id), { rule, recordedBy }) };
  }
  if (of === 'received-files') {
    const feedsOf: FeedsOf = new Map([...Map.groupBy(feeds, ({ organisation }) => organisation)].map(([organisation, own]) => [organisation, own.map(({ key }) => key)]));
    const { numbers, held, upto } = await findDueBytes(database, { rule, before, limit }, feedsOf);
    return { due: numbers.length, held, more: upto !== null, named: `governance/retention/${rule} records=${inRanges(numbers)}`, erase: () => eraseBytes(database, numbers, { rule, upto }, feedsOf) };
  }
  const { numbers, held, upto } = await findDueLooks(database, { rule, before, limit }, { ofPeople: of === 'looks-at-people', never: neverErased });
  return {
    due: numbers.length, held, more: upto !== null, named: `audit/entries/${inRanges(numbers)}/redact?rule=${rule}`,
    erase: (recordedBy) => eraseLooks(database, numbers, { rule, recordedBy, tombstone: canonicalJson(tombstoneOf('{id}', '{at}')), upto }),
  };
}

const ruleUnknown: Problem = { category: 'not-found', code: 'retention-rule-unknown', text: 'There is no rule of this name for how long things are kept.' };
const keptForEver: Problem = { category: 'conflict', code: 'retention-for-ever', text: 'What this rule is about is kept for ever.', fix: 'Give it a period in mappings/oversight/retention.json, and start the gateway again.' };
const rulesChanged: Problem = { category: 'conflict', code: 'retention-rules-changed', text: 'The rules of how long things are kept are not of this version.', fix: 'Look at what is due under the rules of now: GET /governance/retention.' };
const byAPerson: Problem = { category: 'forbidden', code: 'retention-person', text: 'What is erased is decided by a person, not by a system.', fix: 'Sign in as a person.' };
