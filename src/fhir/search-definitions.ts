import { getElementDefinition, getSearchParameters } from '@medplum/core';
import type { SearchParameter } from '@medplum/fhirtypes';
import { loadDefinitions } from './definitions.ts';
import type { CompositeRoot, SearchParameterRow, ValueKind } from './search-parameter-row.ts';

/**
 * R4's own definitions of search parameters, compiled into the members of JSON in which their values stand. R4 writes them
 * in a small part of FHIRPath: names, `ofType`, `where` on what is referred to or on one member. What is beyond that part is
 * not served; a test holds every compiled parameter against the FHIRPath library on HL7's examples.
 */

/** Types of elements each kind of parameter looks at: of an element that may be of several types, only these. */
const typesOf: Readonly<Record<ValueKind, readonly string[]>> = {
  token: ['code', 'CodeableConcept', 'Coding', 'Identifier', 'ContactPoint', 'boolean', 'string', 'uri', 'id'],
  reference: ['Reference', 'canonical', 'uri'],
  string: ['string', 'markdown', 'HumanName', 'Address'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  number: ['integer', 'decimal', 'positiveInt', 'unsignedInt'],
  quantity: ['Quantity', 'Age', 'Duration', 'Distance', 'Count', 'SimpleQuantity', 'Money', 'Range'],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
};

/** One step down: an element, of one type only where it says so. */
interface Step {
  name: string;
  only?: string;
}

interface Path {
  steps: Step[];
  /** the reference must be to this type */
  target?: string;
  /** of these elements, those with this member */
  where?: { member: string; value: string };
}

interface Element {
  path: string;
  type: string;
  /** codes of one short list, and no others */
  closed: boolean;
}

/** Every parameter R4 defines for the type itself that can be compiled, by name. What a type shares with all others is not among them. */
export function definedParameters(type: string): SearchParameterRow[] {
  loadDefinitions();
  const all = Object.values(getSearchParameters(type) ?? {}).filter(({ code }) => !code.startsWith('_'));
  const rows = all.flatMap((definition) => compile(type, definition, all) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
  return rows.map((row) => withoutRepeatedWords(row, rows));
}

/** Words are asked for by the parameter that looks at the least: `code`, and not `combo-code`. */
function withoutRepeatedWords(row: SearchParameterRow, rows: readonly SearchParameterRow[]): SearchParameterRow {
  if (row.kind !== 'token' || !row.words) return row;
  const { words: _, ...wordless } = row;
  const narrower = rows.some((other) => other.kind === 'token' && other.words && other.paths.length < row.paths.length && other.paths.every((path) => row.paths.includes(path)));
  return narrower ? wordless : row;
}

function compile(type: string, definition: SearchParameter, all: readonly SearchParameter[]): SearchParameterRow | undefined {
  const { code: name, url, type: kind } = definition;
  if (kind === 'composite') return compileComposite(type, definition, all);
  if (!isValueKind(kind)) return undefined;
  if (name === 'deceased') return { name, url, kind: 'token', paths: ['deceasedBoolean', 'deceasedDateTime'], types: ['boolean'], truth: true };
  const paths = expressionsOf(type, definition.expression ?? '').map(readPath);
  const elements = paths.flatMap(({ steps }) => elementsAt(type, steps.slice(1), typesOf[kind]));
  if (elements.length === 0) return undefined;
  const [where] = paths.flatMap((path) => path.where ?? []);
  const common = { name, url, paths: [...new Set(elements.map(({ path }) => path))], types: [...new Set(elements.map((element) => element.type))] };
  if (kind === 'token') return { ...common, kind, ...bindingOf(type, elements), ...(elements.some(hasWords) && { words: true as const }), ...(where && { where }) };
  if (kind === 'reference') return { ...common, kind, targets: targetsOf(definition, paths), canonical: !common.types.includes('Reference') };
  return { ...common, kind, ...(name === 'phonetic' ? { sounds: true as const } : coveredBy(name, all)), ...(kind === 'string' && names.has(name) && { contains: true as const }) };
}

/** A concept of the record itself, in words of its own: not of a part of it, nor of a list everybody knows. */
function hasWords({ path, type, closed }: Element): boolean {
  return type === 'CodeableConcept' && !closed && !path.includes('.');
}

/** Names of people, organisations and products. Addresses and free text are too long to be indexed by all their parts. */
const names: ReadonlySet<string> = new Set(['name', 'family', 'given', 'device-name', 'manufacturer', 'model']);

/** A whole name or address is found by the parameters of its parts, too, where the type has them. */
function coveredBy(name: string, all: readonly SearchParameter[]): { covers?: Record<string, string> } {
  const parts = Object.entries(partsOf[name] ?? {}).filter(([, part]) => all.some(({ code }) => code === part));
  return parts.length > 0 ? { covers: Object.fromEntries(parts) } : {};
}

const partsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  name: { family: 'family', given: 'given' },
  address: { city: 'address-city', state: 'address-state', postalCode: 'address-postalcode', country: 'address-country' },
};

function isValueKind(kind: string): kind is ValueKind {
  return kind in typesOf;
}

function targetsOf({ target = [] }: SearchParameter, paths: readonly Path[]): string[] {
  const named = paths.flatMap((path) => path.target ?? []);
  return named.length > 0 ? [...new Set(named)] : [...target];
}

/** Several parts that must hold of one element: the resource itself, or each of a list in it. */
function compileComposite(type: string, { code: name, url, expression = '', component = [] }: SearchParameter, all: readonly SearchParameter[]): SearchParameterRow | undefined {
  const kinds = component.map(({ definition }) => all.find((each) => each.url === definition)?.type ?? '');
  const roots = expressionsOf(type, expression).map((root): CompositeRoot => {
    const within = readPath(root).steps.slice(1);
    return {
      root: within.map((step) => step.name).join('.'),
      parts: component.flatMap((part, i) => {
        const kind = kinds[i] ?? '';
        if (!isValueKind(kind)) return [];
        const found = part.expression.split('|').flatMap((each) => elementsAt(type, [...within, ...readPath(each).steps], typesOf[kind]));
        return [{ kind, paths: found.map(({ path }) => path.slice(within.length === 0 ? 0 : within.map((step) => step.name).join('.').length + 1)) }];
      }),
    };
  }).filter(({ parts }) => parts.length === component.length && parts.length === 2 && parts.every(({ paths }) => paths.length > 0));
  return roots.length === 0 ? undefined : { name, url, kind: 'composite', roots };
}

/** The alternatives of an expression that are about this type. */
function expressionsOf(type: string, expression: string): string[] {
  return expression.split('|').map((each) => each.trim()).filter((each) => new RegExp(`^\\(*${type}(?![A-Za-z])`).test(each));
}

/** `(Observation.value.ofType(Quantity))` → Observation, value:Quantity. */
function readPath(expression: string): Path {
  let target: string | undefined;
  let where: Path['where'];
  const plain = expression.trim()
    .replace(/\.where\(resolve\(\) is (\w+)\)/, (_, named: string) => { target = named; return ''; })
    .replace(/\.where\((\w+)='([^']+)'\)/, (_, member: string, value: string) => { where = { member, value }; return ''; })
    .replaceAll(/\.ofType\((\w+)\)/g, ':$1').replaceAll(/[()]/g, '');
  const steps = plain.split('.').map((step): Step => {
    const [name = '', only] = step.split(':');
    return { name, ...(only !== undefined && { only: only === 'DateTime' ? 'dateTime' : only }) }; // so written in one of R4's composites
  });
  return { steps, ...(target !== undefined && { target }), ...(where && { where }) };
}

/** Members of JSON at a path, of the types that are wanted: `value` of Observation as Quantity stands in `valueQuantity`. */
function elementsAt(type: string, [step, ...rest]: readonly Step[], wanted: readonly string[], prefix = ''): Element[] {
  if (!step) return [];
  const element = getElementDefinition(type, step.name) ?? getElementDefinition(type, `${step.name}[x]`);
  const choice = element?.path.endsWith('[x]') === true;
  const members = element?.type.map(({ code }) => ({ type: code, path: `${prefix}${step.name}${choice ? code.charAt(0).toUpperCase() + code.slice(1) : ''}`, closed: element.binding?.strength === 'required' })) ?? [];
  const meant = members.filter((member) => step.only === undefined || member.type === step.only);
  if (rest.length > 0) return meant.flatMap((member) => elementsAt(member.type, rest, wanted, `${member.path}.`));
  return meant.map((member) => ({ ...member, type: member.type.replace(/^http:\/\/hl7\.org\/fhirpath\/System\.String$/, 'string') })).filter((member) => wanted.includes(member.type));
}

/** A `code` has no system of its own: the value set of its binding says it. */
function bindingOf(type: string, elements: readonly Element[]): { binding?: string } {
  const [coded] = elements.filter((element) => element.type === 'code');
  if (!coded) return {};
  let within = type;
  const steps = coded.path.split('.');
  for (const name of steps.slice(0, -1)) within = getElementDefinition(within, name)?.type[0]?.code ?? '';
  const binding = getElementDefinition(within, steps.at(-1) ?? '')?.binding?.valueSet;
  return binding === undefined ? {} : { binding };
}
