import { ApiProblem } from './api-problem.ts';
import { askJson, askLines } from './ask.ts';

const base = '/governance';
const json = 'application/json';

/** GET /governance/{path}, or the next page of a list by the address the gateway gave. */
export async function readGovernance<T>(path: string, signal?: AbortSignal): Promise<T> {
  const body = await askJson<T>(path.startsWith(`${base}/`) ? path : `${base}/${path}`, {}, { accept: json, signal });
  if (body === null) throw new ApiProblem(0, undefined);
  return body;
}

/** POST /governance/{path} with exactly these fields. */
export async function changeGovernance<T>(path: string, fields: Readonly<Record<string, string>>): Promise<T> {
  const body = await askJson<T>(`${base}/${path}`, { method: 'POST', headers: { 'Content-Type': json }, body: JSON.stringify(fields) }, { accept: json });
  if (body === null) throw new ApiProblem(0, undefined);
  return body;
}

/** POST /governance/agreements: an agreement's YAML registered as a draft. */
export function proposeAgreement(text: string): Promise<unknown> {
  return askJson(`${base}/agreements`, { method: 'POST', headers: { 'Content-Type': 'application/yaml' }, body: text }, { accept: json });
}

/** POST /governance/agreements/what-if: an agreement's YAML tried on past looks; progress from 0 to 1, then the report. */
export async function tryAgreement<T>(text: string, since: string, progress: (done: number) => void, signal: AbortSignal): Promise<T> {
  let report: T | undefined;
  await askLines(`${base}/agreements/what-if?${new URLSearchParams({ since }).toString()}`, { method: 'POST', headers: { 'Content-Type': 'application/yaml' }, body: text }, (line) => {
    const { progress: done, report: found } = line as { progress?: number; report?: T };
    if (done !== undefined) progress(done);
    if (found !== undefined) report = found;
  }, signal);
  if (report === undefined) throw new ApiProblem(0, undefined);
  return report;
}
