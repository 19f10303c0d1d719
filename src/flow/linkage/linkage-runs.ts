import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { findRun, listChanges, setRunState, startRun, type LinkageChange, type LinkageRun } from '../../store/linkage/linkage-runs.ts';
import { checkOversight } from '../check-oversight.ts';
import { forReviewers } from './link-review-context.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export type LinkageRunActs = ReleaseContext & { ruleVersion: string; wake: () => void };

/** Begins to compare what was linked with the rule of now. Nothing changes until what it finds is approved. */
export async function startLinkageRun(context: LinkageRunActs, requester: Requester, request: RequestFacts): Promise<LinkageRun> {
  await checkOversight(context, requester, forReviewers);
  await record(context, requester, request, 'linkage-re-run', 'start');
  const run = { id: context.newId(), rule: context.ruleVersion, startedAt: context.clock(), startedBy: requester.person?.name ?? requester.client };
  if (!(await startRun(context.database, run))) throw new Refusal(openAlready);
  context.wake();
  return newest(context);
}

/** The newest run: how far it is, and how much it would link and unlink. */
export async function showLinkageRun(context: LinkageRunActs, requester: Requester, request: RequestFacts): Promise<LinkageRun> {
  await checkOversight(context, requester, forReviewers);
  await record(context, requester, request, 'linkage-show', 'show');
  return newest(context);
}

/** What it would link and unlink, by ids and bits; a page of it. */
export async function listLinkageChanges(context: LinkageRunActs, requester: Requester, after: { run: string; id: string } | null, count: number, request: RequestFacts): Promise<{ changes: LinkageChange[]; next: { run: string; id: string } | null }> {
  await checkOversight(context, requester, forReviewers);
  await record(context, requester, request, 'linkage-show', 'changes');
  const run = after?.run ?? (await newest(context)).id;
  const found = await listChanges(context.database, run, after?.id ?? null, count + 1);
  const page = found.slice(0, count);
  const last = found.length > count ? page.at(-1) : undefined;
  return { changes: page, next: last ? { run, id: last.id } : null };
}

/** Lets what the run found be applied, by the rule of now and no other. */
export async function approveLinkageRun(context: LinkageRunActs, requester: Requester, id: string, request: RequestFacts): Promise<LinkageRun> {
  await checkOversight(context, requester, forReviewers);
  const run = await newest(context);
  if (run.id !== id || run.state !== 'compared') throw new Refusal(notCompared);
  if (run.rule !== context.ruleVersion) throw new Refusal(otherRule);
  await record(context, requester, request, 'linkage-re-run', 'approve');
  if (!(await setRunState(context.database, id, ['compared'], 'applying', { name: requester.person?.name ?? requester.client, person: requester.person?.id ?? null, organisation: requester.organisation }))) throw new Refusal(notCompared);
  context.wake();
  return newest(context);
}

/** Ends a run that is not approved; nothing of it is applied. */
export async function giveUpLinkageRun(context: LinkageRunActs, requester: Requester, request: RequestFacts): Promise<LinkageRun> {
  await checkOversight(context, requester, forReviewers);
  const run = await newest(context);
  await record(context, requester, request, 'linkage-re-run', 'give-up');
  if (!(await setRunState(context.database, run.id, ['comparing', 'compared'], 'given-up'))) throw new Refusal(notCompared);
  return newest(context);
}

async function newest({ database }: LinkageRunActs): Promise<LinkageRun> {
  const run = await findRun(database);
  if (!run) throw new Refusal(noRun);
  return run;
}

async function record(context: LinkageRunActs, requester: Requester, request: RequestFacts, interaction: string, what: string): Promise<void> {
  await appendAct(context, requester, request, { interaction, query: `governance/linkage-run/${what}`, status: 200 });
}

const openAlready: Problem = { category: 'conflict', code: 'linkage-run-open', text: 'Links are being compared already, or wait for an approval.', fix: 'See what it found, and approve it or give it up.' };
const notCompared: Problem = { category: 'conflict', code: 'linkage-run-not-compared', text: 'There is no comparison of this name that waits for an approval.', fix: 'See GET /governance/linkage-run for how far it is.' };
const otherRule: Problem = { category: 'conflict', code: 'linkage-run-other-rule', text: 'The linkage rule is another one than when this was compared.', fix: 'Give it up and compare again.' };
const noRun: Problem = { category: 'not-found', code: 'linkage-run-none', text: 'Links were never compared with another rule here.', fix: 'Start it with POST /governance/linkage-run/start.' };
