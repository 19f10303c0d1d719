import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Problem } from '../../src/fhir/problem.ts';
import { messageTypeOf } from '../../src/intake/hl7v2/message-type.ts';
import { openEmptyPglite } from '../databases.ts';
import { forgetEverybody, openWorks, type Works } from '../faults/open-works.ts';
import { sharedSamples } from '../shared-data.ts';
import { editableMappings } from './replay-works.ts';

/** Every HL7 v2 message of the public samples, sent to the real feeds; only the senders they may claim are widened. */

const shared = sharedSamples('');
const header = /^[\u000b\uFEFF]?MSH\|/gm;
/** a message written in the XML form of HL7 v2 */
const inXml = /<(?:\w+:)?[A-Z]{3}_[A-Z0-9]{3}\b[^>]*="urn:hl7-org:v2xml"/g;

interface Sample {
  file: string;
  bytes: Buffer;
  messages: number;
  feed: 'uhb-adt' | 'uhb-ref';
}

interface Settled {
  file: string;
  type: string;
  state: string;
  codes: string[];
}

function samplesBelow(path: string): Sample[] {
  return readdirSync(path).sort().flatMap((name): Sample[] => {
    const file = join(path, name);
    if (statSync(file).isDirectory()) return samplesBelow(file);
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8').replace(/\r\n?/g, '\n');
    const messages = (text.match(header) ?? text.match(inXml) ?? []).length;
    return messages === 0 ? [] : [{ file: relative(shared.path, file), bytes, messages, feed: text.includes('|REF^') ? 'uhb-ref' : 'uhb-adt' }];
  });
}

/** The mappings with feeds that take these senders. */
function widened(samples: readonly Sample[]): string {
  const senders = [...new Set(samples.flatMap(({ bytes }) => bytes.toString('utf8').match(/MSH\|[^\r\n]*/g) ?? []).map((line) => line.split('|')[3]?.split('^')[0]?.trim() ?? '').filter((sender) => sender !== ''))];
  const maps = editableMappings();
  maps.edit('feeds.yaml', (text) => {
    const feeds = parse(text) as { feeds: { senders?: string[] }[] };
    for (const feed of feeds.feeds) if (feed.senders) feed.senders = [...feed.senders, ...senders.filter((sender) => !feed.senders?.includes(sender))];
    return stringify(feeds);
  });
  return maps.folder;
}

/** Each file judged by itself, as if nothing had come before. */
async function sendEach(works: Works, samples: readonly Sample[]): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const sample of samples) {
    await works.database.query(forgetEverybody);
    settled.push(...(await sendAll(works, [sample])));
  }
  await works.database.query(forgetEverybody);
  return settled;
}

async function sendAll(works: Works, samples: readonly Sample[]): Promise<Settled[]> {
  const files = new Map<string, string>();
  for (const { file, bytes, feed } of samples) {
    const { taskId } = await works.services.acceptBytes({
      client: feed, token: 'token', organisation: 'https://fhir.bicp.example/Id/test|SENDER', organisationName: 'The sender', role: 'integration', purpose: 'HSYSADMIN', scopes: ['intake'],
    }, { feed, part: '', bytes }, { id: 'samples' });
    if (!files.has(taskId)) files.set(taskId, file);
    await works.services.worker.idle();
  }
  const rows = await works.database.query<{ task: string; content: string | null; raw: Buffer; state: string; problems: Problem[] }>(
    `select s.task_id as task, r.content, s.content as raw, coalesce(r.state, s.state) as state, coalesce(r.problems, s.problems) as problems
     from source_record s left join intake_row r using (record_id) order by s.record_id, r.row_no`);
  return rows.map(({ task, content, raw, state, problems }) => ({
    file: files.get(task) ?? '', type: messageTypeOf(content ?? raw.toString('utf8').replace(/\r\n?/g, '\n')), state, codes: [...new Set(problems.filter(({ severity = 'error' }) => severity === 'error').map(({ code }) => code))],
  }));
}

function tally(settled: readonly Settled[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state, codes } of settled) {
    const key = state === 'stored' || state === 'unchanged' ? state : `${state}: ${codes.join(', ')}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function report(title: string, settled: readonly Settled[]): void {
  const counts = Object.entries(tally(settled)).sort(([, a], [, b]) => b - a);
  process.stdout.write(`${title}\n${counts.map(([what, n]) => `${String(n).padStart(5)}  ${what}`).join('\n')}\n`);
}

/** Admissions refused, by file: numbers that are no NHS numbers, days that do not exist, an admission without its visit number, a date with half an offset. */
const reallyWrong = {
  ...Object.fromEntries(['A05.hl7', 'A08.hl7', 'A28.hl7', 'A31.hl7', 'A38.hl7', 'A40.hl7', 'phw-to-mpi.sample.hl7'].map((file) => [file, ['nhs-number-invalid']])),
  ...Object.fromEntries(['A31_example.txt', 'HL7V24_ADT_A28_5.hl7', 'HL7V24_ADT_A31_6.hl7', 'HL7_v2_4_ADT_A28_Create_New_Patient.hl7', 'HL7_v2_4_ADT_A31_Update_Patient.hl7'].map((file) => [file, ['date-not-real']])),
  'hl7-v2.3-adt-a01-1.hl7': ['field-missing'], 'pims-to-mpi.sample.hl7': ['date-format'],
};

shared.describe('the public HL7 v2 messages', () => {
  const samples = samplesBelow(shared.path);
  const messages = samples.reduce((sum, sample) => sum + sample.messages, 0);
  let works: Works;
  let copy: string;
  let alone: Settled[];
  let together: Settled[];
  beforeAll(async () => {
    copy = widened(samples);
    works = await openWorks(await openEmptyPglite(), { mappings: copy });
    alone = await sendEach(works, samples);
    together = await sendAll(works, samples);
    report(`${messages} messages in ${samples.length} files, each by itself`, alone);
    report('the same, one after the other', together);
  });
  afterAll(async () => {
    await works.close();
    rmSync(copy, { recursive: true });
  });

  it('are each stored, waiting or refused with a reason: none vanishes, none breaks the gateway', () => {
    const distinct = new Map(samples.map((sample) => [`${sample.feed} ${sample.bytes.toString('latin1')}`, sample.messages]));
    for (const [settled, sent] of [[alone, messages], [together, [...distinct.values()].reduce((a, b) => a + b, 0)]] as const) {
      expect(settled.length).toBe(sent);
      expect(settled.filter(({ state, codes }) => !['stored', 'unchanged'].includes(state) && codes.length === 0)).toEqual([]);
      expect(settled.filter(({ state, codes }) => state === 'pending' || codes.includes('intake-failed'))).toEqual([]);
    }
  });

  it('about admissions are stored, unless something is really wrong with them', () => {
    const admissions = alone.filter(({ type }) => type.startsWith('ADT^'));
    expect(admissions.length).toBeGreaterThan(25);
    expect(Object.fromEntries(admissions.filter(({ state }) => state !== 'stored').map(({ file, codes }) => [file.split('/').at(-1), codes]))).toEqual(reallyWrong);
  });

  it('of other types are refused for their type, or because they are no HL7, as is one in the XML form', () => {
    const others = alone.filter(({ type }) => !type.startsWith('ADT^') && !type.startsWith('REF^'));
    expect(others.length).toBeGreaterThan(20);
    expect(alone.filter(({ file }) => file.endsWith('.xml')).map(({ state, codes }) => [state, codes])).toEqual([['rejected', ['hl7-no-header']]]);
    expect(others.filter(({ state, codes }) => !['quarantined', 'rejected'].includes(state) || !codes.some((code) => ['message-type-unknown', 'segment-malformed', 'hl7-no-header'].includes(code)))).toEqual([]);
  });
});
