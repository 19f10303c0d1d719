import { allows } from '../../../fhir/allows.ts';
import { rangeOf } from '../../../fhir/date-range.ts';
import { membersOf } from '../../../fhir/element-tree.ts';
import { textOf, type Json } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { ExportAsk } from '../../../store/partners/export-jobs.ts';
import { plainName } from '../plain-name.ts';
import { formParameters } from '../representation.ts';
import { interactionsOf } from './interactions.ts';
import { inputInvalid } from './read-inputs.ts';

const ndjson = ['application/fhir+ndjson', 'application/ndjson', 'ndjson'];
const known = ['_outputFormat', '_type', '_since', '_until', '_elements'];
const mostElements = 100;
/** Parameters nobody knows that are told at once. */
const mostUnknown = 20;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[ +-]\d\d:\d\d)$/;

/** What is stored of people and the directory: published definitions and the log have ways of their own. */
export const exportedTypes: readonly string[] = Object.keys(interactionsOf).filter((type) => type !== 'Subscription' && interactionsOf[type]?.includes('history-type'));

/** What of an export its parameters say; lists may be given by commas or by repeating. Every mistake is told together. */
export function readExportInputs(given: readonly (readonly [string, Json])[], { scopes }: Pick<Requester, 'scopes'>, lenient: boolean): Pick<ExportAsk, 'types' | 'since' | 'until' | 'elements' | 'ignored'> {
  const named = given.map(([name, value]) => [name, textOf(value)] as const).filter(([name]) => !formParameters.includes(name));
  const lists = (name: string): string[] => [...new Set(named.flatMap(([each, value]) => (each === name ? value.split(',').map((item) => item.trim()) : [])))];
  const unknown = [...new Set(named.flatMap(([name]) => (known.includes(name) ? [] : [plainName(name)])))].slice(0, mostUnknown);
  const [formats, types, elements] = [lists('_outputFormat'), lists('_type'), lists('_elements')];
  const [since, until] = [instantOf(lists('_since')), instantOf(lists('_until'))];
  const problems: Problem[] = [
    ...(lenient ? [] : unknown.map((field): Problem => ({ category: 'unsupported', code: 'search-parameter-unknown', text: 'An export takes no such parameter.', at: { field }, expected: known.join(', '), fix: 'Leave it out, or ask with Prefer: handling=lenient.' }))),
    ...(formats.some((format) => !ndjson.includes(format.replace(' ', '+'))) ? [inputInvalid('_outputFormat', ndjson.join(', '))] : []),
    ...(since === undefined ? [inputInvalid('_since', 'one instant with its offset')] : []),
    ...(until === undefined ? [inputInvalid('_until', 'one instant with its offset')] : []),
    ...(typeof since === 'string' && typeof until === 'string' && until < since ? [inputInvalid('_until', 'an instant that is not before _since')] : []),
    ...(elements.length > mostElements || elements.some((element) => !isElement(element, types.length > 0 ? types : exportedTypes)) ? [inputInvalid('_elements', `names of elements at the root of a type that is asked for, with or without the type, at most ${mostElements}`)] : []),
    ...(types.some((type) => !exportedTypes.includes(type)) ? [inputInvalid('_type', exportedTypes.join(', '))] : []),
    ...types.filter((type) => exportedTypes.includes(type) && !allows(scopes, type, 'r')).map((type): Problem => ({ category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: `a scope such as system/${type}.r` })),
  ];
  if (problems.length > 0) throw new Refusal(...problems);
  return { types: types.length > 0 ? types : exportedTypes.filter((type) => allows(scopes, type, 'r')), since: since ?? null, until: until ?? null, elements, ignored: lenient ? unknown : [] };
}

/** `status` of any of these types, or `CarePlan.status`. */
function isElement(text: string, types: readonly string[]): boolean {
  const [first = '', second, more] = text.split('.');
  return more === undefined && types.some((type) => exportedTypes.includes(type) && (second === undefined || type === first) && [...membersOf(type).values()].some(({ element }) => element === (second ?? first)));
}

/** null: none was given; undefined: it is no instant, or there are several. */
function instantOf(given: readonly string[]): string | null | undefined {
  const [text] = given;
  if (text === undefined) return null;
  return given.length === 1 && instant.test(text) ? rangeOf(text.replace(' ', '+'))?.from : undefined; // a plus sign that was not percent-encoded
}
