import { recordDateOf, searchParametersOf, type SearchParameterRow } from './search-parameters.ts';
import { searchToken } from './search-token.ts';

type TokenRow = Extract<SearchParameterRow, { kind: 'token' }>;

/** Where a code of a type of resource can be found: elements with codes in them that are indexed (`ServiceRequest.code`). Empty: nowhere. */
export function codedElements(type: string): string[] {
  return [...new Set(codedParameters(type).flatMap(({ paths }) => paths.map((path) => `${type}.${path}`)))];
}

/** What stands in the index of a resource of this type that carries this code in one of its `codedElements`. */
export function codeTokens(type: string, system: string, code: string): bigint[] {
  return codedParameters(type).map(({ name }) => searchToken(type, name, 'token', `${system}|${code}`));
}

/** Of codes in concepts: a `code` says a state, and an identifier is none. */
function codedParameters(type: string): TokenRow[] {
  return (searchParametersOf(type) ?? []).filter((row) => row.kind === 'token')
    .filter(({ types, extension, ofClass }) => types.some((each) => ['CodeableConcept', 'Coding'].includes(each)) && extension === undefined && ofClass === undefined);
}

/** Whether records of this type have a date of their own that is indexed; a person's birth date says nothing about the record. */
export function hasRecordDate(type: string): boolean {
  return type !== 'Patient' && recordDateOf(type) !== null;
}
