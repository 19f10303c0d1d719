import { checks, levels, type Answered, type Checked, type Finding, type Question } from './checks.ts';

export interface Result {
  level: number;
  name: string;
  finding: Finding;
}

const timeoutMs = 60_000;

/** Asks a sandbox everything there is to ask, in order, as the client whose token it is. Throws where not even the first question is answered; what is not answered after that is a finding. */
export async function runChecks({ base, token, key }: { base: string; token: string; key: string }): Promise<Result[]> {
  const checked: Checked = { key, ask: (question) => ask(`${base}/sandbox/fhir`, token, question) };
  const results: Result[] = [];
  for (const { level, name, run } of checks) results.push({ level, name, finding: await run(checked).catch((error: unknown) => unanswered(error, results.length === 0)) });
  return results.sort((a, b) => a.level - b.level);
}

function unanswered(error: unknown, first: boolean): Finding {
  if (first) throw error;
  return { kind: 'failed', why: 'there was no answer' };
}

async function ask(base: string, token: string, { method, path, body, headers = {}, anonymous }: Question): Promise<Answered> {
  const url = path.startsWith(`${base}/`) ? path : `${base}/${path}`;
  const response = await fetch(url, {
    method, redirect: 'error', signal: AbortSignal.timeout(timeoutMs), body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    headers: { Accept: 'application/fhir+json', ...(anonymous !== true && { Authorization: `Bearer ${token}` }), ...(body !== undefined && { 'Content-Type': 'application/fhir+json' }), ...headers },
  });
  const text = await response.text();
  return { status: response.status, header: (name) => response.headers.get(name), body: readJson(text) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const marks = { failed: 'failed', 'not-allowed': 'not allowed to this client', 'not-offered': 'not offered' } as const;

/** The results as a page somebody reads and sends on. */
export function describeResults(client: string, on: Date, results: readonly Result[]): string {
  const count = (kind: 'passed' | keyof typeof marks): number => results.filter(({ finding }) => (finding?.kind ?? 'passed') === kind).length;
  return [
    `# Conformance of ${client}`, '', `${on.toISOString().slice(0, 10)}, against the client's sandbox: ${count('passed')} passed, ${count('failed')} failed, ${count('not-allowed')} not allowed, ${count('not-offered')} not offered.`, '',
    ...levels.flatMap((title, i) => [
      `## ${i + 1}. ${title}`, '', '| check | result |', '| --- | --- |',
      ...results.filter(({ level }) => level === i + 1).map(({ name, finding }) => `| ${name} | ${finding === null ? 'passed' : `${marks[finding.kind]}: ${finding.why}`} |`), '',
    ]),
  ].join('\n');
}
