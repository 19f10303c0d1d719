import type { IndexedValue } from './index-resource.ts';
import { quantityOf } from './index-ranges.ts';
import { emitToken } from './index-tokens.ts';
import type { Json, JsonObject } from './json.ts';
import type { SearchParameterRow } from './search-parameter-row.ts';
import { searchToken } from './search-token.ts';
import { valuesAt } from './values-at.ts';

type CompositeRow = Extract<SearchParameterRow, { kind: 'composite' }>;

/** Takes what a pair of values is found by. */
export interface PairSink {
  token: (token: bigint) => void;
  value: (value: IndexedValue) => void;
}

/** Elements of one list that are looked at. */
const mostElements = 50;

/**
 * Values that were said together in one element of a list. What stands in the resource itself needs no pair: there is one
 * of each, so both parameters holding says the same (see `parse-composite.ts`).
 */
export function indexComposite(type: string, row: CompositeRow, resource: JsonObject, sink: PairSink): void {
  for (const { root, parts: [first, second] } of row.roots) {
    if (root === '' || !first || !second) continue;
    for (const element of valuesAt(resource, root).slice(0, mostElements)) {
      const codes = formsAt(element, first.paths);
      if (second.kind === 'token') {
        for (const form of formsAt(element, second.paths)) for (const code of codes) sink.token(searchToken(type, row.name, 'pair', `${code}$${form}`));
      } else {
        for (const { range, units } of second.paths.flatMap((path) => valuesAt(element, path)).flatMap((value) => quantityOf(value) ?? [])) {
          for (const unit of units) for (const code of codes) sink.value({ key: searchToken(type, row.name, 'value', `${code}$${unit}`), ...range });
        }
      }
    }
  }
}

function formsAt(element: Json, paths: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const value of paths.flatMap((path) => valuesAt(element, path))) emitToken(value, undefined, (kind, form) => { if (kind === 'token') forms.add(form); });
  return [...forms];
}
