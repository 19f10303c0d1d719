import { notServed, refuse, type SearchDraft } from './search-draft.ts';
import { knownTerminology } from './profiles.ts';
import { fragmentOf, mayBeApart, recordDateOf, searchableTypes, searchParameterOf, searchParametersOf } from './search-parameters.ts';
import type { SearchInclude, SearchSort } from './search-query.ts';
import type { SearchParameterRow } from './search-parameter-row.ts';
import { searchToken } from './search-token.ts';

/** What shapes an answer and matches nothing: its size, order and total, and what goes along with it. */

export const shapingLimits = { defaultCount: 20, maxCount: 200, sorts: 3, includes: 10 };

/** Reads a parameter of the result; false: it is none. */
export function readShaping(type: string, key: string, value: string, draft: SearchDraft): boolean {
  const [name = '', modifier, ...others] = key.split(':');
  const include = name === '_include' || name === '_revinclude';
  if (include && (modifier === undefined || modifier === 'iterate') && others.length === 0) readInclude(type, key, value, draft);
  else if (key === '_count') readCount(value, draft);
  else if (key === '_sort') readSort(type, value, draft);
  else if (key === '_total') readTotal(value, draft);
  else if (key === '_summary' && value === 'count') draft.summary = 'count';
  else if (include || shaping.has(name)) notServed(draft, type, key, true);
  else return false;
  return true;
}

/** The log comes newest first, in pages, and brings nothing along. */
export function readShapingOfLog(key: string, value: string, draft: SearchDraft): boolean {
  const [name = ''] = key.split(':');
  if (key === '_count') readCount(value, draft);
  else if (name === '_include' || name === '_revinclude' || (shaping.has(name) && !(key === '_sort' && value === '-date'))) notServed(draft, 'AuditEvent', key, true);
  else return key === '_sort';
  return true;
}

const shaping: ReadonlySet<string> = new Set(['_sort', '_count', '_total', '_summary', '_elements', '_contained', '_containedType']);

function readCount(value: string, draft: SearchDraft): void {
  if (draft.count !== undefined || !/^\d{1,512}$/.test(value)) {
    return refuse(draft, 'search-value-invalid', '_count', 'The page size is not a number given once.', `0 to ${shapingLimits.maxCount}`);
  }
  draft.count = Math.min(Number(value), shapingLimits.maxCount);
  draft.normal.push(`_count=${draft.count}`);
}

function readTotal(value: string, draft: SearchDraft): void {
  if (draft.total !== undefined || (value !== 'none' && value !== 'estimate' && value !== 'accurate')) {
    return refuse(draft, 'search-value-invalid', '_total', 'How to count is not said once in one of the ways there are.', 'none, estimate or accurate');
  }
  draft.total = value;
  draft.normal.push(`_total=${value}`);
}

function readSort(type: string, value: string, draft: SearchDraft): void {
  const keys = value.split(',');
  if (draft.sort !== undefined || keys.length > shapingLimits.sorts || value === '') {
    return refuse(draft, 'search-value-invalid', '_sort', 'The sort order is not a short list of keys given once.', `one to ${shapingLimits.sorts} keys`);
  }
  const sort: SearchSort[] = [];
  for (const key of keys) {
    const descending = key.startsWith('-');
    const by = sortBy(type, descending ? key.slice(1) : key);
    if (!by) return notServed(draft, type, '_sort', true, `one to ${shapingLimits.sorts} of ${sortKeysOf(type).join(', ')}, each with - before it for the other direction`);
    sort.push({ ...by, descending });
  }
  draft.sort = sort;
  draft.normal.push(`_sort=${value}`);
}

/** More codes than this are no short list to put in order. */
const mostSortedCodes = 30;

/** Codes of a short list, and true and false, in the order of the alphabet: what a row has of them stands among its own tokens. */
function codesOf(type: string, row: Extract<SearchParameterRow, { kind: 'token' }>): Omit<SearchSort, 'descending'> | undefined {
  const { name, types, binding, extension, where } = row;
  if (type === 'AuditEvent' || extension !== undefined || where !== undefined || fragmentOf(type, row) !== undefined || mayBeApart(type, row)) return undefined;
  const listed = types.every((each) => each === 'boolean') ? ['false', 'true'] : types.every((each) => each === 'code') && binding !== undefined ? [...knownTerminology().codesOf(binding)?.codes ?? []] : [];
  if (listed.length === 0 || listed.length > mostSortedCodes) return undefined;
  return { by: 'code', codes: listed.sort().map((code) => [searchToken(type, name, 'token', code), code] as const) };
}

/** Dates, numbers and quantities, codes of a short list, and the name people or organisations are sorted by. */
function sortBy(type: string, name: string): Omit<SearchSort, 'descending'> | undefined {
  const row = searchParameterOf(type, name);
  switch (row?.kind) {
    case 'updated': return { by: 'updated' };
    case 'id': return { by: 'id' };
    case 'date': return name === recordDateOf(type) ? { by: 'clinical' } : { by: 'value', key: searchToken(type, name, 'value', '') };
    case 'number': case 'quantity': return { by: 'value', key: searchToken(type, name, 'value', '') };
    case 'token': return codesOf(type, row);
    default: return name === sortedByName[type] ? { by: 'text' } : undefined;
  }
}

const sortedByName: Readonly<Record<string, string>> = { Patient: 'family', Organization: 'name' };

/** Parameters a type can be sorted by, as they are documented. */
export function sortKeysOf(type: string): string[] {
  return (searchParametersOf(type) ?? []).map(({ name }) => name).filter((name) => sortBy(type, name) !== undefined);
}

/** The form, and by which parameters the type that is meant refers. */
function includesExpected(type: string, source: string, reverse: boolean, iterate: boolean): string {
  const from = reverse || iterate ? source : type;
  const towards = reverse && !iterate ? ` to ${type}` : '';
  const names = (searchParametersOf(from) ?? []).flatMap((row) => (row.kind === 'reference' && !row.canonical && (towards === '' || row.targets.includes(type)) ? [`${from}:${row.name}`] : []));
  return names.length > 0 ? `Type:parameter or Type:parameter:Target of its references${towards}: ${names.join(', ')}` : `Type:parameter or Type:parameter:Target, with a type that refers${towards}`;
}

/** `Source:parameter[:Target]`; `*` takes every reference of the source. Of the types there are, those that can be searched. */
function readInclude(type: string, key: string, value: string, draft: SearchDraft): void {
  const reverse = key.startsWith('_revinclude');
  const iterate = key.endsWith(':iterate');
  const [source = '', parameter = '*', target, ...rest] = value === '*' && !reverse ? [type, '*'] : value.split(':');
  const references = (searchParametersOf(source) ?? []).filter((row) => row.kind === 'reference' && !row.canonical);
  const followed = parameter === '*' ? references : references.filter((row) => row.name === parameter);
  const aimed = followed.filter((row) => row.kind === 'reference' && (target === undefined || row.targets.includes(target)));
  const fitting = reverse && !iterate ? aimed.filter((row) => row.kind === 'reference' && row.targets.includes(type) && (target ?? type) === type) : aimed;
  if (draft.includes.length >= shapingLimits.includes) return refuse(draft, 'search-too-many', key, 'The search takes too much along.', `at most ${shapingLimits.includes} of _include and _revinclude together`);
  if (rest.length > 0 || fitting.length === 0 || (!iterate && !reverse && source !== type)) {
    return refuse(draft, 'search-value-invalid', key, 'What is to be included is not a reference of a type that is served.', includesExpected(type, source, reverse, iterate));
  }
  const named = target === undefined ? searchableTypes() : [target];
  const types = reverse ? [source] : named.filter((each) => fitting.some((row) => row.kind === 'reference' && row.targets.includes(each)));
  draft.includes.push({ source, parameters: fitting.map(({ name }) => name), types, reverse, iterate } satisfies SearchInclude);
  draft.normal.push(`${key}=${value}`);
}
