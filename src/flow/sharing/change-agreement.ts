import { planActivation, planSigning, planTermination, type AgreementPlan, type PlanInput } from '../../consent/plan-agreement-change.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { changeAgreement } from '../../store/sharing/agreement-changes.ts';
import { listAgreements, type RegisterRow } from '../../store/sharing/agreements.ts';
import { readDatabaseClock } from '../../store/door/grants.ts';
import { entryOf, type AgreementEntry } from './list-agreements.ts';
import { publishContracts, registeredFrom } from '../register-agreements.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendAct } from '../release-records.ts';

export interface AgreementName {
  id: string;
  version: string;
}

/**
 * A party signs the text it read, named by its SHA-256. Only somebody of that organisation signs for it, whatever their
 * standing elsewhere: the partnership's governance lead cannot bind a hospital.
 */
export function signAgreement(
  context: ReleaseContext, requester: Requester, name: AgreementName, signing: { party: OrganisationKey; signatory: string; sha256: string }, request: RequestFacts,
): Promise<AgreementEntry> {
  if (signing.party !== requester.organisation) {
    throw new Refusal({
      category: 'forbidden', code: 'agreement-party-of-another', text: 'A party is signed for by somebody of that organisation only.', expected: `party ${requester.organisation}`,
      fix: 'Let the governance lead or the privacy officer of that organisation sign.',
    });
  }
  const { party: organisation, signatory, sha256 } = signing;
  return change(context, requester, name, { interaction: 'agreement-sign', plan: (input) => planSigning(input, { organisation, signatory, sha256 }) }, request);
}

/** Puts a signed version in force and ends the one it replaces, in one transaction. */
export function activateAgreement(context: ReleaseContext, requester: Requester, name: AgreementName, request: RequestFacts): Promise<AgreementEntry> {
  return change(context, requester, name, { interaction: 'agreement-activate', plan: planActivation }, request);
}

/** Ends a version at once. It is final. */
export function terminateAgreement(context: ReleaseContext, requester: Requester, name: AgreementName, request: RequestFacts): Promise<AgreementEntry> {
  return change(context, requester, name, { interaction: 'agreement-terminate', plan: planTermination }, request);
}

/**
 * THE STORY of a change: may it be → audit (durable) → may it still be, under a lock, and done → published as a Contract.
 * An entry whose change was then refused is followed by one that says so; a change without an entry cannot be.
 */
async function change(
  context: ReleaseContext, requester: Requester, { id, version }: AgreementName, { interaction, plan }: { interaction: string; plan: (input: PlanInput) => AgreementPlan }, request: RequestFacts,
): Promise<AgreementEntry> {
  const planFor = (rows: readonly RegisterRow[], now: Date): AgreementPlan => plan({ versions: rows.flatMap((row) => registeredFrom(row) ?? []), version, now });
  const { database } = context;
  const foreseen = planFor((await listAgreements(database)).filter(({ agreement }) => agreement === id), await readDatabaseClock(database));
  if ('problem' in foreseen) throw new Refusal(foreseen.problem);
  await appendAct(context, requester, request, { interaction, query: `governance/agreements/${id}/${version}`, status: 200 });
  const done = await changeAgreement(database, id, planFor);
  if ('problem' in done) throw new Refusal(done.problem);
  return publishAndShow(context, { id, version }, done.changed);
}

/** Publishes the register as it is now and shows the version that changed. */
export async function publishAndShow(context: ReleaseContext, { id, version }: AgreementName, now: Date): Promise<AgreementEntry> {
  await publishContracts(context.database, context.secrets, now);
  const row = (await listAgreements(context.database)).find((each) => each.agreement === id && each.version === version);
  const registered = row && registeredFrom(row);
  if (!registered) throw new Error('a version that was changed is not in the register');
  return entryOf(registered, now);
}
