import { reviewAgreement } from '../../consent/review-agreement.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { listAgreements, registerAgreement } from '../../store/sharing/agreements.ts';
import { readDatabaseClock } from '../../store/door/grants.ts';
import { publishAndShow } from './change-agreement.ts';
import type { AgreementEntry } from './list-agreements.ts';
import { agreementChanged } from '../register-agreements.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendAct } from '../release-records.ts';

/**
 * Registers a text as a new version, a draft that shares nothing. Refused with every mistake and its place when it is no
 * agreement, and when the version is registered with other content; the same content again changes nothing.
 */
export async function proposeAgreement(
  context: ReleaseContext, requester: Requester, text: string, request: RequestFacts,
): Promise<{ entry: AgreementEntry; created: boolean }> {
  const read = reviewAgreement(text, new Set(context.directory.keys()));
  if ('problems' in read) throw new Refusal(...read.problems);
  const { id, version, sha256 } = read.agreement;
  const standing = (await listAgreements(context.database)).find((row) => row.agreement === id && row.version === version);
  if (standing && standing.sha256 !== sha256) throw new Refusal(agreementChanged(read.agreement));
  await appendAct(context, requester, request, { interaction: 'agreement-propose', query: `governance/agreements/${id}/${version}`, status: standing ? 200 : 201 });
  if (!(await registerAgreement(context.database, { agreement: id, version, sha256, content: text }))) throw new Refusal(agreementChanged(read.agreement));
  return { entry: await publishAndShow(context, { id, version }, await readDatabaseClock(context.database)), created: !standing };
}
