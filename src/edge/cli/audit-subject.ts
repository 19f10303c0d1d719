import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { linesFromGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { findCitizen } from './find-citizen.ts';
import type { GatewayOptions } from './gateway-command.ts';
import { cannotWrite, fileExists } from './write-new.ts';

/** Which file a line goes to, by its one member; `end` is the last. */
const files = { patient: 'person.ndjson', record: 'records.ndjson', place: 'places.ndjson', look: 'who-looked.ndjson' } as const;

interface End {
  records: number;
  looks: number;
  madeAt: string;
  by: string;
  organisation: string;
  rules: string;
  leftOut: { rule: string; law: string; title: string; count: number }[];
}

/**
 * `onestory audit export --patient … --out <folder>`: what is held about a person as far as this officer may read it, and who
 * looked, each in a file of its own, and for the officer what was left out. The folder is there whole or not at all.
 */
export async function exportSubject(context: CliContext, options: GatewayOptions, patient: string, out: string): Promise<void> {
  if (existsSync(out)) return context.fail(fileExists, 2);
  const citizen = await findCitizen(context, options, patient);
  if (citizen === null) return;
  const unfinished = `${out}.${randomUUID()}.part`;
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    const end = await writeFiles(linesFromGateway(context, options, { method: 'GET', path: `/governance/subject-access/${encodeURIComponent(citizen)}` }), unfinished);
    writeFileSync(join(unfinished, 'for-the-officer.txt'), coverOf(end), { mode: 0o600 });
    renameSync(unfinished, out);
    context.print(`${end.records} records and ${end.looks} lines of who looked are in ${out}. They name a person: keep them as your organisation's rules say. Read for-the-officer.txt before anything is sent.`);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    for (const problem of error instanceof Refusal ? error.problems : [cannotWrite]) context.fail(problem, 2);
  }
}

async function writeFiles(lines: AsyncIterable<string>, folder: string): Promise<End> {
  const open = new Map<string, WriteStream>(Object.values(files).map((name) => [name, createWriteStream(join(folder, name), { flags: 'wx', mode: 0o600, flush: true })]));
  let end: End | null = null;
  try {
    for await (const line of lines) {
      const [, member = '', text = ''] = /^\{"([a-z]+)":(.*)\}$/.exec(line) ?? [];
      const stream = Object.hasOwn(files, member) ? open.get(files[member as keyof typeof files]) : undefined;
      if (stream && !stream.write(`${text}\n`)) await once(stream, 'drain');
      if (member === 'end') end = JSON.parse(text) as End;
    }
  } finally {
    await Promise.all([...open.values()].map((stream) => new Promise<void>((resolve, reject) => { stream.once('error', reject).end(resolve); })));
  }
  if (!end) throw new Refusal(brokeOff);
  return end;
}

/** What whoever answers must know, and the person does not get. */
function coverOf({ records, looks, madeAt, by, organisation, rules, leftOut }: End): string {
  return [
    'For the officer who answers the request, and not for the person.', '',
    `Taken out on ${madeAt} by ${by}, ${organisation}. ${records} records and ${looks} lines of who looked.`,
    'Whoever keeps records takes out the records of their own organisation, whoever watches over looks takes out who looked: the answer takes both.',
    'What other organisations hold is not in it: each of them answers for its own.', '',
    `Left out under the rules of ${rules}:`, ...(leftOut.length === 0 ? ['nothing'] : leftOut.map(({ rule, title, law, count }) => `- ${count} under ${rule}: ${title}. ${law}.`)), '',
    'Looks that are held back (onestory hold-back list) are not in who-looked.ndjson.', '',
  ].join('\n');
}

const brokeOff: Problem = { category: 'unavailable', code: 'gateway-answer-broken', text: 'The answer broke off: nothing was kept of it.', fix: 'Look at the gateway\'s log, and ask again.' };
