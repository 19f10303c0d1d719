import { isJsonObject, textOf } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { entriesOf, type Entry } from '../../intake/fhir/bundle-entries.ts';
import { directoryTypes } from '../../intake/fhir/bundle-schema.ts';
import { splitSource } from '../../intake/split-source.ts';
import { loadRecordOutcome, loadStanding, type RowReport } from '../../store/intake/record-outcome.ts';
import { findPart, type IntakeContext } from './intake-context.ts';
import { partnerId } from './name-resource.ts';

/** What became of one entry of a Bundle, in the order it was sent. */
export interface EntryOutcome {
  type: string;
  /** absent: the directory's, which is only named, or refused */
  stored?: { id: string; version: number; created: boolean };
  problems: Problem[];
}

export type BundleOutcome =
  | { kind: 'refused'; problems: Problem[] }
  /** `batch`: each entry by itself; `repeated`: the sender's id of the message was known with this content */
  | { kind: 'taken'; batch: boolean; repeated: boolean; entries: EntryOutcome[]; message: MessageName };

/** A message by its sender's id and its event; empty for what is none. */
export interface MessageName {
  id: string;
  event: { system: string; code: string };
}

/** The answer to a Bundle that was worked off: of a transaction or a message all or nothing, of a batch each entry by itself. */
export async function bundleOutcome(context: IntakeContext, client: string, taskId: string): Promise<BundleOutcome> {
  const record = await loadRecordOutcome(context.database, client, taskId);
  const found = findPart(context, client, '');
  if (!record || !found?.part.bundle) throw new Refusal(notFound);
  const whole = JSON.parse(record.problems) as Problem[];
  if (record.state === 'rejected') return { kind: 'refused', problems: whole };
  const schema = found.part.bundle;
  const { rows } = splitSource(found.kind, found.feed, '', record.content);
  const single = rows.every(({ content }) => parseExact(content)['type'] !== schema.pages);
  const [first] = record.rows;
  if (single && first && isRefused(first)) return { kind: 'refused', problems: problemsIn(first) };
  const reports = new Map(record.rows.map((report) => [report.row, report]));
  const entries = rows.flatMap(({ row, content }) => entriesOf(parseExact(content), schema, found.feed).map((entry) => ({ entry, report: reports.get(row) })));
  const ids = new Set(entries.map(({ entry }) => idOf(context, entry)));
  const standing = new Map((await loadStanding(context.database, record.id, [...ids])).map((each) => [each.id, each]));
  return { kind: 'taken', batch: !single, repeated: record.rows.length > 0 && record.rows.every(({ repeated }) => repeated), entries: entries.map(({ entry, report }) => outcomeOf(context, entry, report, standing)), message: messageOf(rows[0]?.content ?? '{}', entries.map(({ entry }) => entry)) };
}

function messageOf(content: string, entries: readonly Entry[]): MessageName {
  const event = entries.find(({ type }) => type === 'MessageHeader')?.resource['eventCoding'];
  return { id: textOf(parseExact(content)['id']), event: isJsonObject(event) ? { system: textOf(event['system']), code: textOf(event['code']) } : { system: '', code: '' } };
}

function outcomeOf(context: IntakeContext, entry: Entry, report: RowReport | undefined, standing: ReadonlyMap<string, NonNullable<EntryOutcome['stored']>>): EntryOutcome {
  const { type } = entry;
  if (report && isRefused(report)) return { type, problems: problemsIn(report) };
  if (directoryTypes.has(type)) return { type, problems: [directoryNotWritten] };
  const stored = standing.get(idOf(context, entry));
  return { type, ...(stored && { stored }), problems: [] };
}

function idOf(context: IntakeContext, { type, name }: Entry): string {
  return partnerId(context.secrets, type, name.system, name.value);
}

function isRefused({ state }: RowReport): boolean {
  return state !== 'stored' && state !== 'unchanged';
}

/** Errors first: the first of them is what the answer is about. */
function problemsIn({ problems }: RowReport): Problem[] {
  const all = JSON.parse(problems) as Problem[];
  return [...all.filter(({ severity = 'error' }) => severity === 'error'), ...all.filter(({ severity = 'error' }) => severity !== 'error')];
}

const directoryNotWritten: Problem = {
  category: 'unprocessable', severity: 'information', code: 'directory-not-written', text: 'The directory is configuration: the resource was used to name somebody or some place, and not stored.',
};
