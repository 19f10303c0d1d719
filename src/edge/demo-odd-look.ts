import { Refusal, type Problem } from '../fhir/problem.ts';
import { tokenFor } from './cli/token.ts';
import type { LoadDemoInput } from './load-demo.ts';

/** One odd look that a newcomer finds among the cases, made as anybody would make it. */
export interface DemoOddLook {
  /** NHS number of somebody of the demo */
  at: string;
  /** personas: the officer whose lists the person is put on, and who then looks */
  officer: string;
  looker: string;
}

/**
 * The officer says that this person works in their organisation and that others are curious about them; then somebody of that
 * organisation opens the record. Through the API alone, so the log and the case say what happened. What is refused ends the load.
 */
export async function makeOddLook(input: Pick<LoadDemoInput, 'baseUrl' | 'dataDir' | 'personas' | 'clock'>, { at, officer, looker }: DemoOddLook): Promise<void> {
  const ask = async (who: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await tokenFor({ ...input, base: input.baseUrl, who });
    if ('problem' in answer) throw new Refusal(answer.problem);
    const response = await fetch(`${input.baseUrl}${path}`, { ...init, headers: { ...init.headers, Authorization: `Bearer ${answer.token}` } });
    if (!response.ok) throw new Refusal(actRefused(who, response.status));
    return response;
  };
  const found = await ask(looker, '/fhir/Patient/_search', { method: 'POST', body: new URLSearchParams({ identifier: `https://fhir.nhs.uk/Id/nhs-number|${at}` }) });
  const { entry: [match] = [] } = (await found.json()) as { entry?: { resource?: { id?: string } }[] };
  const patient = match?.resource?.id;
  if (patient === undefined) throw new Refusal(actRefused(looker, 404));
  for (const [kind, person, reason] of [['staff', 'ward-clerk-7', 'works on ward 7'], ['prominent', '', 'in the local news this month']] as const) {
    await ask(officer, '/governance/watched-citizens', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ patient, kind, person, reason }) });
  }
  await ask(looker, `/fhir/Patient/${patient}/$story`);
}

/** What a persona of the demo does was not taken. */
export function actRefused(who: string, status: number): Problem {
  return { category: 'internal', code: 'demo-act-refused', text: `The gateway refused what ${who} does in the demo, with status ${status}.` };
}
