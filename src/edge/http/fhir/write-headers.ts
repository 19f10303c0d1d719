import { Refusal } from '../../../fhir/problem.ts';
import { readParameters, readSentParameters } from '../read-parameters.ts';
import { formParameters } from '../representation.ts';
import type { Asked } from '../route.ts';

/** `If-Match` or `Bundle.entry.request.ifMatch`: one version, compared weakly (FHIR R4 http.html#concurrency). */
export function readIfMatch(text: string | undefined, place: { field: string } | { pointer: string } = { field: 'If-Match' }): number | undefined {
  if (text === undefined) return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(text.trim())?.[1];
  if (version === undefined) throw new Refusal({ category: 'invalid', code: 'header-invalid', text: 'If-Match is not one version.', at: place, expected: 'W/"1"', fix: 'Send the ETag of the version the change was made from.' });
  return Number(version);
}

/** The version a change is made from. `If-None-Match` is looked at by reads alone: passed over, it would not keep what it is to keep. */
export function readVersion(asked: Pick<Asked, 'header'>): number | undefined {
  if (asked.header('If-None-Match') !== undefined) throw new Refusal({ category: 'invalid', code: 'header-invalid', text: 'A change does not look at If-None-Match.', at: { field: 'If-None-Match' }, expected: 'If-Match, or neither', fix: 'Create once by POST with If-None-Exist.' });
  return readIfMatch(asked.header('If-Match'));
}

/** `If-None-Exist`: a search without its question mark; absent: none. As bytes where it is a header, as text in a Bundle (`pointer`). */
export function readIfNoneExist(text: string | undefined, place: { field: string } | { pointer: string } = { field: 'If-None-Exist' }): [string, string][] | undefined {
  if (text === undefined) return undefined;
  const search = text.replace(/^\?/, '');
  if (/^[^=]*\?/.test(search)) throw new Refusal({ category: 'invalid', code: 'header-invalid', text: 'If-None-Exist is a search alone.', at: place, expected: 'identifier={system}|{value}', fix: 'Leave out the address and the type before it.' });
  return 'pointer' in place ? readParameters(search) : readSentParameters(search);
}

/** What of the query is a condition, and not about the form of the answer. */
export function conditionIn(query: readonly [string, string][]): [string, string][] {
  return query.filter(([name]) => !formParameters.includes(name));
}

/** How much a successful answer says (FHIR R4 http.html#return); nothing said is `minimal`: a writer need not be told what it sent. */
export function returnOf(asked: Pick<Asked, 'header'>): 'minimal' | 'representation' | 'OperationOutcome' {
  const [, said] = /\breturn=(minimal|representation|OperationOutcome)\b/.exec(asked.header('Prefer') ?? '') ?? [];
  return said === 'representation' || said === 'OperationOutcome' ? said : 'minimal';
}
