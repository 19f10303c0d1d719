import { textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { Refusal } from '../../fhir/problem.ts';
import { locateField, type FieldPlace } from '../../intake/places/locate-field.ts';
import type { Part } from '../../intake/types.ts';
import type { FieldPlace as SourcePlace, TraceEntry } from '../../mapping/types.ts';
import { fieldAsSent } from '../intake/field-as-sent.ts';
import { coversField } from './field-states.ts';
import type { MappedSourceRow } from './map-source.ts';
import type { Workbench } from './map-workbench.ts';
import { openSource, type NamedSource, type OpenedSource } from './open-source.ts';
import { mapPlace, senderOf, type MapPlace } from './place-problem.ts';
import { showValue } from './show-value.ts';

/** One value in a resource, the rule that set it and what it was made from. */
export interface ExplainedValue {
  row: number;
  /** with its type and place: `Patient.name[0].family` */
  path: string;
  value: string;
  rule: MapPlace & { name?: string };
  from: { field: string; file: string; line: number; column?: number; value?: string }[];
}

/** A field that reaches no value, and why. */
export interface ExplainedAbsence {
  field: string;
  state: 'read' | 'dropped' | 'unmapped';
  reason?: string;
}

interface ExplainOptions {
  part: string | null;
  /** 1-based; null: every row */
  row: number | null;
  show: (value: string) => string;
}

/** Where the values at a FHIR path came from, in every row or in one. A path without indexes means every place in its lists. */
export async function explainPath(bench: Workbench, target: string, source: NamedSource, path: string, options: ExplainOptions): Promise<ExplainedValue[]> {
  const opened = await openSource(bench, target, source, options);
  const found = valuesIn(opened, options, (entry, type) => reaches(withType(entry.to, type), path));
  if (found.length === 0) throw new Refusal({ category: 'not-found', code: 'path-not-set', text: 'No rule set anything at this path in these rows.', at: { file: source.path, pointer: path }, fix: 'Ask for the path with its type, such as Patient.name.family; map coverage tells which are never set.' });
  return found;
}

/** Where a source field went (`PID-5.1`, a column's header or name), or why it went nowhere. */
export async function explainField(
  bench: Workbench, target: string, source: NamedSource, field: string, options: ExplainOptions,
): Promise<{ values: ExplainedValue[]; absent: ExplainedAbsence[] }> {
  const opened = await openSource(bench, target, source, options);
  const sentAs = (part: Part, path: string): string => fieldAsSent(opened.kind, part, path);
  const named = (part: Part, path: string): boolean => [path, sentAs(part, path)].some((each) => each === field || each.startsWith(`${field}.`));
  const values = valuesIn(opened, options, ({ fields }, _type, part) => fields.some(({ path }) => named(part, path)));
  if (values.length > 0) return { values, absent: [] };
  const dropped = bench.mappings.dropped(opened.kind.name);
  const ledger = rowsOf(opened, options).flatMap(({ part, result }) => (result?.ledger ?? []).filter((entry) => named(part, entry.field)).map((entry) => ({ ...entry, sentAs: sentAs(part, entry.field) })));
  const absent = new Map(ledger.map(({ field: path, state, sentAs: sent }): [string, ExplainedAbsence] => {
    const row = dropped.find((each) => coversField(each, path));
    return [path, { field: sent, ...(state !== 'unmapped' ? { state: 'read' as const } : row ? { state: 'dropped' as const, reason: row.reason } : { state: 'unmapped' as const }) }];
  }));
  if (absent.size === 0) throw new Refusal({ category: 'not-found', code: 'field-not-sent', text: 'These rows do not hold this field.', at: { file: source.path, field }, fix: 'Name it as the file does: PID-5.1, or the header of a column.' });
  return { values, absent: [...absent.values()] };
}

function rowsOf({ source }: OpenedSource, { row }: ExplainOptions): MappedSourceRow[] {
  return source.rows.filter((each) => row === null || each.row.row === row);
}

function valuesIn(opened: OpenedSource, options: ExplainOptions, wanted: (entry: TraceEntry, type: string, part: Part) => boolean): ExplainedValue[] {
  return rowsOf(opened, options).flatMap((row) => (row.result?.trace ?? []).flatMap((entry): ExplainedValue[] => {
    const resource = row.result?.resources[entry.resource];
    if (!resource || !wanted(entry, textOf(resource['resourceType']), row.part)) return [];
    const path = withType(entry.to, textOf(resource['resourceType']));
    const value = valueAt(resource, path);
    const rule = { ...mapPlace(opened.placing, entry.at), ...(entry.rule !== undefined && { name: entry.rule }) };
    return [{ row: row.row.row, path, value: value === undefined ? '' : showValue(value, options.show), rule, from: entry.fields.map((field) => fromField(opened, row, field, options)) }];
  }));
}

/** The field as sent, in the message that said it: of a fold that may be an earlier one. */
function fromField({ kind, placing, source }: OpenedSource, row: MappedSourceRow, { path, indexes = [] }: SourcePlace, { show }: ExplainOptions): ExplainedValue['from'][number] {
  const field = fieldAsSent(kind, row.part, path);
  const sender = senderOf(source.rows, row, path);
  const [repetition = 0] = indexes.toReversed();
  const found: FieldPlace = locateField(kind, placing.fileOf(row.part.name), sender.row, { name: field, repetition });
  return { field, file: placing.file, line: found.line, ...(found.column !== undefined && { column: found.column }), ...(found.value !== undefined && { value: show(found.value) }) };
}

function withType(path: string, type: string): string {
  return path === type || path.startsWith(`${type}.`) ? path : `${type}.${path}`;
}

/** `Patient.name[0].family` is reached by itself, by `Patient.name.family` and by what is above it. */
function reaches(path: string, asked: string): boolean {
  const plain = (text: string): string => text.replace(/\[\d+\]/g, '');
  const compared = asked.includes('[') ? path : plain(path);
  return compared === asked || compared.startsWith(`${asked}.`) || compared.startsWith(`${asked}[`);
}

function valueAt(resource: JsonObject, path: string): Json | undefined {
  let found: Json | undefined = resource;
  for (const step of path.split(/[.[\]]+/).slice(1).filter((part) => part !== '')) {
    found = found !== null && typeof found === 'object' ? (found as { [key: string]: Json | undefined })[step] : undefined;
  }
  return found;
}
