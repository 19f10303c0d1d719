import { doActs } from '../src/demo/do-acts.ts';
import { firstDayActs, laterFiles, type DemoAct } from '../src/demo/first-day.ts';
import type { PopulationOptions } from '../src/demo/generate-people.ts';
import type { Gateway } from './gateway.ts';

/** What the demo leaves to be done, on a gateway that has the demo's files: a possible link, a plan that changed, an emergency to review, a referral to answer. */
export async function firstDay(gateway: Gateway, options: PopulationOptions): Promise<void> {
  for (const { feed, part, content } of laterFiles(options)) await gateway.send(feed, part, content);
  await doActs(firstDayActs(options, new Date()), (act) => send(gateway, act), gateway.services.demoActs);
}

async function send(gateway: Gateway, { who, path, headers, body }: DemoAct): Promise<unknown> {
  const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  if (!response.ok) throw new Error(`${who} ${path} answered ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}
