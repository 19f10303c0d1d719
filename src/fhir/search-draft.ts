import type { Problem } from './problem.ts';
import { modifiersOf, resultParameters, searchParameterOf, searchParametersOf } from './search-parameters.ts';
import type { SearchClause, SearchInclude, SearchQuery, SearchSort } from './search-query.ts';

export interface SearchOptions {
  handling: 'strict' | 'lenient';
  /** own FHIR base URL: absolute references under it are the same as relative ones, others are refused */
  base?: string;
}

/** A search while it is read. */
export interface SearchDraft {
  options: SearchOptions;
  clauses: SearchClause[];
  includes: SearchInclude[];
  sort?: SearchSort[];
  count?: number;
  total?: SearchQuery['total'] | 'estimate';
  summary?: 'count';
  ignored: string[];
  normal: string[];
  problems: Problem[];
}

export function refuse(draft: SearchDraft, code: string, field: string, text: string, expected: string): void {
  draft.problems.push({ category: 'invalid', code, text, at: { field: printable(field) }, expected });
}

/**
 * Something that is not served. What only shapes the answer may be left out when the caller says so; a condition may not: the
 * answer would hold more than was asked for. The value is never repeated, and of the name only what a name can be made of.
 */
export function notServed(draft: SearchDraft, type: string, key: string, shapesAnswer: boolean, expected?: string): void {
  const field = printable(key);
  if (shapesAnswer && draft.options.handling === 'lenient') {
    draft.ignored.push(field);
    return;
  }
  const supported = expected ?? formExpected(type, key) ?? modifiersExpected(type, key) ?? `one of ${[...(searchParametersOf(type) ?? []).map((row) => row.name), ...resultParameters].join(', ')}`;
  draft.problems.push({
    category: 'unsupported',
    code: 'search-parameter-unknown',
    text: 'A search parameter, modifier or sort key is not supported for this resource type.',
    at: { field },
    expected: supported,
    fix: instead[key] ?? (shapesAnswer ? 'Leave it out, or send "Prefer: handling=lenient" to have it ignored.' : 'Leave it out, or ask by another.'),
  });
}

const otherwise = 'No narrative is kept, so there is none to search. Ask for codes by their words, as in code:text=…, and for names by a part of them, as in name:contains=….';
/** What R4 has for all types, and how the same is asked for here. */
const instead: Readonly<Record<string, string>> = {
  _text: otherwise, _content: otherwise, _filter: 'Repeat parameters for "and", and put commas between values for "or".', _list: 'Read the List, then ask for its entries by _id.',
};

/** What goes through other resources is written in a form of its own. */
function formExpected(type: string, key: string): string | undefined {
  if (key.startsWith('_has:')) return `_has:Type:reference:parameter, a reference of that type to ${type} and a parameter of that type`;
  const [name = '', modifier] = (key.split('.')[0] ?? '').split(':');
  const row = key.includes('.') ? searchParameterOf(type, name) : undefined;
  if (row?.kind !== 'reference') return undefined;
  const [target = 'Type'] = modifier === undefined ? row.targets.filter((each) => searchParametersOf(each)) : [modifier];
  return `${name}.parameter or ${name}:Type.parameter, with a parameter of ${target}${searchParametersOf(target) ? `: ${(searchParametersOf(target) ?? []).map((each) => each.name).join(', ')}` : ''}`;
}

/** Where the parameter is known and only its modifier is not, what it takes. */
function modifiersExpected(type: string, key: string): string | undefined {
  const [name = '', ...modifiers] = key.split(':');
  const row = modifiers.length > 0 && !key.includes('.') ? searchParameterOf(type, name) : undefined;
  return row && `${[name, ...modifiersOf(type, row).map((modifier) => `${name}:${modifier}`)].join(', ')}`;
}

function printable(key: string): string {
  return key.replace(/[^A-Za-z0-9_.:-]/g, '').slice(0, 64);
}
