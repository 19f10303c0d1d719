import { Refusal } from '../../../fhir/problem.ts';
import { readParameters } from '../read-parameters.ts';
import { formParameters } from '../representation.ts';
import type { Asked } from '../route.ts';

/** `If-Match` or `Bundle.entry.request.ifMatch`: one version, compared weakly (FHIR R4 http.html#concurrency). */
export function readIfMatch(text: string | undefined, place: { field: string } | { pointer: string } = { field: 'If-Match' }): number | undefined {
  if (text === undefined) return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(text.trim())?.[1];
  if (version === undefined) throw new Refusal({ category: 'invalid', code: 'header-invalid', text: 'If-Match is not a version.', at: place, expected: 'W/"1"' });
  return Number(version);
}

/** `If-None-Exist`: a search without its question mark; absent: none. */
export function readIfNoneExist(text: string | undefined): [string, string][] | undefined {
  return text === undefined ? undefined : readParameters(text.replace(/^\?/, ''));
}

/** What of the query is a condition, and not about the form of the answer. */
export function conditionIn(query: readonly [string, string][]): [string, string][] {
  return query.filter(([name]) => !formParameters.includes(name));
}

/** How much a successful answer says (FHIR R4 http.html#return); nothing said is `minimal`: a writer need not be told what it sent. */
export function returnOf(asked: Pick<Asked, 'header'>): 'minimal' | 'representation' | 'OperationOutcome' {
  const [, said] = /\breturn=(representation|OperationOutcome)\b/.exec(asked.header('Prefer') ?? '') ?? [];
  return said === 'representation' || said === 'OperationOutcome' ? said : 'minimal';
}
