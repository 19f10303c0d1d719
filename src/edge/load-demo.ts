import { doActs, type ActMarks } from '../demo/do-acts.ts';
import type { DemoAct, NamedAct } from '../demo/first-day.ts';
import { actRefused, makeOddLook, type DemoOddLook } from './demo-odd-look.ts';
import type { DemoPersona } from './demo-clients.ts';
import { tokenFor } from './cli/token.ts';
import { Refusal } from '../fhir/problem.ts';

export interface DemoFile {
  feed: string;
  part: string;
  content: string;
}

export interface LoadDemoInput {
  services: { worker: { idle(): Promise<void> }; oddLooks: { wake(): void }; demoLoaded(): Promise<boolean>; markDemoLoaded(): Promise<void>; demoActs: ActMarks };
  baseUrl: string;
  dataDir: string;
  personas: readonly DemoPersona[];
  files: () => Iterable<DemoFile>;
  /** what people do once the files are worked off */
  acts: () => Iterable<NamedAct>;
  oddLook: DemoOddLook;
  clock: () => Date;
}

/** A feed's token lives five minutes, and a slow machine may load for longer. */
const tokenKeptMs = 120_000;

/**
 * Sends the demo's files to this gateway's own intake, each as its feed's client with a token from the issuer, and waits
 * until they are worked off; then the personas do what leaves something to decide, as anybody would do it, and there is one odd
 * look to be asked about. Bytes already there are known by their hash and acts by a mark of each, so a load cut short
 * is simply done again.
 */
export async function loadDemo(input: LoadDemoInput): Promise<void> {
  if (await input.services.demoLoaded()) return;
  const tokens = new Map<string, { token: string; askedAt: number }>();
  for (const file of input.files()) {
    const last = tokens.get(file.feed);
    const held = last && performance.now() - last.askedAt < tokenKeptMs ? last : { askedAt: performance.now(), token: await tokenOf(input, file.feed) };
    tokens.set(file.feed, held);
    const response = await fetch(`${input.baseUrl}/intake/${file.feed}${file.part === '' ? '' : `/${file.part}`}`, {
      method: 'POST', headers: { Authorization: `Bearer ${held.token}`, 'Content-Type': 'application/octet-stream' }, body: file.content,
    });
    if (!response.ok) throw new Refusal({ category: 'internal', code: 'demo-refused', text: `Intake refused a demo file of ${file.feed} with status ${response.status}.` });
    await response.arrayBuffer();
  }
  await input.services.worker.idle();
  const { demoActs, worker } = input.services;
  await doActs(input.acts(), (act) => send(input, act), demoActs);
  await worker.idle();
  if (!(await demoActs.has('odd-look'))) {
    await makeOddLook(input, input.oddLook);
    await demoActs.set('odd-look');
  }
  input.services.oddLooks.wake();
  await input.services.markDemoLoaded();
}

async function send(input: LoadDemoInput, { who, path, headers, body }: DemoAct): Promise<unknown> {
  const response = await fetch(`${input.baseUrl}${path}`, { method: 'POST', headers: { Authorization: `Bearer ${await tokenOf(input, who)}`, 'Content-Type': 'application/fhir+json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  if (!response.ok) throw new Refusal(actRefused(who, response.status));
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

async function tokenOf({ baseUrl, dataDir, personas, clock }: LoadDemoInput, who: string): Promise<string> {
  const answer = await tokenFor({ who, base: baseUrl, dataDir, personas, clock });
  if ('problem' in answer) throw new Refusal(answer.problem);
  return answer.token;
}
