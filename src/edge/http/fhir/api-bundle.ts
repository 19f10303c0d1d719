import type { Json } from '../../../fhir/json.ts';
import { readJson } from '../../../fhir/read-json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { readXml } from '../../../fhir/xml/read-xml.ts';
import type { WriteAsk, Written } from '../../../flow/writing/write-context.ts';
import { checkContentType } from '../check-content-type.ts';
import { formOf } from '../negotiate-form.ts';
import type { Asked, Reply } from '../route.ts';
import { readEntry, type EntryAsk } from './bundle-writes.ts';
import { readByAddress } from './read-by-address.ts';
import { bodyTypes } from './read-resource.ts';
import { refuseEntry, type AnsweredEntry, type RefusalServices } from './refuse-entry.ts';
import { headersOf, type WriteServices } from './reply-written.ts';

export type BundleWriteServices = WriteServices & RefusalServices;

const mostEntries = 5_000;
/** each a look of its own, with its own entry in the audit trail */
const mostReads = 100;
const mostValues = 1_000_000;

/**
 * POST [base] by whoever writes through the API · http://hl7.org/fhir/R4/http.html#transaction. A transaction is written whole
 * or not at all; in whichever order its entries stand, what is deleted, made and changed is worked out on what was there
 * before, and no two entries touch one resource. Its reads come after it is written, each with its own answer. Entries of a
 * batch stand for themselves and are done in the standard's order.
 */
export async function apiBundle(services: BundleWriteServices, asked: Asked): Promise<Reply> {
  const { bytes, entries, batch } = await readBundle(services, asked);
  const asks = entries.map((entry, index) => readEntry(entry, index, asked.requester, services.limits));
  if (asks.filter((ask) => 'read' in ask).length > mostReads) throw new Refusal(tooManyReads);
  const answers = new Map<number, AnsweredEntry>();
  if (batch) await writeEach(services, asked, { asks, entries, answers });
  else await writeAll(services, asked, { asks, bytes, answers });
  for (const [index, ask] of asks.entries()) if ('read' in ask) answers.set(index, await readByAddress(services, asked, ask.read, ask.head));
  return { status: 200, text: bundleText(batch ? 'batch-response' : 'transaction-response', asks.flatMap((_, index) => answers.get(index) ?? [])) };
}

async function readBundle({ limits }: WriteServices, asked: Asked): Promise<{ bytes: Uint8Array; entries: Json[]; batch: boolean }> {
  if (/\brespond-async\b/.test(asked.header('Prefer') ?? '')) throw new Refusal(asyncUnsupported);
  const undeclared = checkContentType(asked.header('Content-Type'), bodyTypes);
  if (undeclared) throw new Refusal(undeclared);
  const bytes = await asked.body(limits.intakeBytes);
  const most = { maxBytes: limits.intakeBytes, maxDepth: limits.jsonDepth };
  const read = formOf(asked.header('Content-Type') ?? '') === 'xml' ? readXml(bytes, { ...most, maxElements: mostValues }) : readJson(bytes, { ...most, maxEntries: mostValues });
  if ('problem' in read) throw new Refusal(read.problem);
  const { resourceType, type, entry = [] } = read.value;
  if (resourceType !== 'Bundle') throw new Refusal(bundleMissing);
  if (type !== 'transaction' && type !== 'batch') throw new Refusal(bundleType);
  if (!Array.isArray(entry)) throw new Refusal(entryNoList);
  const entries = entry;
  if (entries.length > mostEntries) throw new Refusal(tooManyEntries);
  return { bytes, entries, batch: type === 'batch' };
}

type Answers = { asks: readonly EntryAsk[]; answers: Map<number, AnsweredEntry> };

async function writeAll(services: WriteServices, asked: Asked, { asks, bytes, answers }: Answers & { bytes: Uint8Array }): Promise<void> {
  const problems = [...asks.flatMap((ask) => ('problems' in ask ? ask.problems : [])), ...namedTwice(asks)];
  if (problems.length > 0) throw new Refusal(...problems);
  const writes = asks.flatMap((ask, index) => ('write' in ask ? [{ index, write: ask.write }] : []));
  if (writes.length === 0) return;
  const written = await write(services, asked, writes.map((each) => each.write), bytes, true);
  writes.forEach(({ index }, i) => answers.set(index, answerOf(services.base, written[i])));
}

/** Two entries of one fullUrl: a reference would lead to either (FHIR R4, bdl-7). */
function namedTwice(asks: readonly EntryAsk[]): Problem[] {
  const seen = new Set<string>();
  return asks.flatMap((ask, index) => {
    const name = 'write' in ask ? ask.write.fullUrl : undefined;
    const again = name !== undefined && seen.has(name);
    if (name !== undefined) seen.add(name);
    return again ? [{ ...fullUrlTwice, at: { pointer: `/entry/${index}/fullUrl` } }] : [];
  });
}

const order: readonly WriteAsk['method'][] = ['delete', 'create', 'update', 'patch'];

async function writeEach(services: BundleWriteServices, asked: Asked, { asks, entries, answers }: Answers & { entries: readonly Json[] }): Promise<void> {
  const writes = asks.flatMap((ask, index) => ('write' in ask ? [{ index, write: { ...ask.write, pointer: '' } }] : []));
  for (const { index, write: each } of writes.sort((a, b) => order.indexOf(a.write.method) - order.indexOf(b.write.method))) {
    try {
      const [written] = await write(services, asked, [each], Buffer.from(JSON.stringify(entries[index])), false);
      answers.set(index, answerOf(services.base, written));
    } catch (error) {
      answers.set(index, await refuseEntry(services, asked, error));
    }
  }
  for (const [index, ask] of asks.entries()) if ('problems' in ask) answers.set(index, await refuseEntry(services, asked, new Refusal(...ask.problems)));
}

function write(services: WriteServices, asked: Asked, asks: readonly WriteAsk[], bytes: Uint8Array, bundle: boolean): Promise<Written[]> {
  return services.write(asked.requester, { asks, bytes, base: services.base, bundle }, asked.request);
}

const said: Readonly<Record<Written['outcome'], string>> = { created: '201 Created', changed: '200 OK', same: '200 OK', found: '200 OK', deleted: '204 No Content', none: '204 No Content' };

function answerOf(base: string, written: Written | undefined): AnsweredEntry {
  if (!written) throw new Error('a write without a result');
  const { ETag: etag, Location, 'Content-Location': standing } = headersOf(base, written);
  const location = Location ?? standing;
  return { response: { status: said[written.outcome], ...(location !== undefined && { location }), ...(etag !== undefined && { etag }) } };
}

/** Resources that were read go in as the text they are. */
function bundleText(type: string, entries: readonly AnsweredEntry[]): string {
  const texts = entries.map(({ resource, response }) => `{${resource === undefined ? '' : `"resource":${resource},`}"response":${JSON.stringify(response)}}`);
  return `{"resourceType":"Bundle","type":"${type}"${texts.length === 0 ? '' : `,"entry":[${texts.join(',')}]`}}`;
}

const asyncUnsupported: Problem = { category: 'unsupported', code: 'respond-async-unsupported', text: 'What is written through the API is answered when it is written.', at: { field: 'Prefer' }, fix: 'Leave respond-async out, or send smaller Bundles; what comes through a feed is worked off in its own time.' };
const bundleMissing: Problem = { category: 'invalid', code: 'bundle-missing', text: 'This is not a Bundle.', at: { pointer: '/resourceType' }, expected: 'a FHIR Bundle', fix: 'Send the resources inside a Bundle.' };
const entryNoList: Problem = { category: 'invalid', code: 'element-type', text: 'An element has the wrong JSON type.', at: { pointer: '/entry' }, expected: 'a JSON list' };
const bundleType: Problem = { category: 'invalid', code: 'bundle-type', text: 'The Bundle is not of a type that is taken here.', at: { pointer: '/type' }, expected: 'transaction or batch' };
const tooManyEntries: Problem = { category: 'too-large', code: 'bundle-too-many-entries', text: 'The Bundle has more entries than are taken at once.', at: { pointer: '/entry' }, expected: `at most ${mostEntries} entries`, fix: 'Send it in several Bundles.' };
const tooManyReads: Problem = { category: 'too-large', code: 'bundle-too-many-reads', text: 'The Bundle reads more than is read at once.', at: { pointer: '/entry' }, expected: `at most ${mostReads} entries with GET`, fix: 'Send the reads in several Bundles, or search for what they read.' };
const fullUrlTwice: Problem = { category: 'invalid', code: 'entry-twice', text: 'The Bundle names two entries alike.', expected: 'every fullUrl once' };
