import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { isJsonObject } from './json.ts';
import type { Json } from './json.ts';

/** One element of a differential, ready to be checked on values. */
export interface ProfileNode {
  /** as in the differential: `Patient.identifier:nhsNumber.system` */
  id: string;
  /** JSON member; for a choice without its `[x]` */
  name: string;
  choice: boolean;
  min: number;
  max: number;
  /** types allowed for a choice */
  types?: string[];
  fixed?: Json;
  pattern?: Json;
  /** canonical of a required binding */
  binding?: string;
  /** canonical of the extension's own definition */
  extension?: string;
  /** which values are this slice; absent for an element that is not a slice */
  slice?: (value: Json) => boolean;
  children: ProfileNode[];
}

export interface CompiledProfile {
  url: string;
  type: string;
  children: ProfileNode[];
}

interface Draft {
  element: ElementDefinition | undefined;
  id: string;
  segment: string;
  children: Map<string, Draft>;
}

/**
 * A StructureDefinition's differential → nodes that can be checked directly, without a snapshot (FHIR R4 profiling):
 * cardinalities, fixed values, patterns, required bindings, choice types, slices told apart by a value (extensions by
 * their URL). Slices told apart in another way are left out, since they cannot be told apart here.
 */
export function compileProfile(definition: StructureDefinition): CompiledProfile {
  const root: Draft = { element: undefined, id: definition.type ?? '', segment: '', children: new Map() };
  for (const element of definition.differential?.element ?? []) place(root, element);
  return { url: definition.url ?? '', type: definition.type ?? '', children: childrenOf(root) };
}

function place(root: Draft, element: ElementDefinition): void {
  let at = root;
  for (const segment of (element.id ?? element.path ?? '').split('.').slice(1)) {
    const next: Draft = at.children.get(segment) ?? { element: undefined, id: `${at.id}.${segment}`, segment, children: new Map() };
    at.children.set(segment, next);
    at = next;
  }
  if (at !== root) at.element = element;
}

function childrenOf(draft: Draft): ProfileNode[] {
  return [...draft.children.values()].flatMap((child) => {
    const node = nodeOf(child, draft);
    return node ? [node] : [];
  });
}

function nodeOf(draft: Draft, parent: Draft): ProfileNode | undefined {
  const [name = '', sliceName] = draft.segment.split(':');
  const { element } = draft;
  const children = childrenOf(draft);
  const types = element?.type?.flatMap((type) => type.code ?? []);
  const extension = element?.type?.find((type) => type.code === 'Extension')?.profile?.[0];
  const choice = name.endsWith('[x]');
  const slice = sliceName === undefined || choice ? undefined : sliceTest(draft, parent, name, sliceName, extension);
  if (sliceName !== undefined && !choice && !slice) return undefined;
  return {
    id: draft.id,
    name: choice ? (sliceName ?? name.slice(0, -3)) : name,
    choice: choice && sliceName === undefined,
    min: element?.min ?? 0,
    max: element?.max === undefined || element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max),
    ...(choice && sliceName === undefined && types?.length && { types }),
    ...constraint(element),
    ...(extension !== undefined && { extension }),
    ...(slice && { slice }),
    children,
  };
}

function constraint(element: ElementDefinition | undefined): Pick<ProfileNode, 'fixed' | 'pattern' | 'binding'> {
  const fixed = memberStarting(element, 'fixed');
  const pattern = memberStarting(element, 'pattern');
  const binding = element?.binding?.strength === 'required' ? element.binding.valueSet : undefined;
  return { ...(fixed !== undefined && { fixed }), ...(pattern !== undefined && { pattern }), ...(binding !== undefined && { binding }) };
}

function memberStarting(element: ElementDefinition | undefined, prefix: string): Json | undefined {
  const found = Object.entries(element ?? {}).find(([key]) => key.startsWith(prefix) && /^[A-Z]/.test(key.slice(prefix.length)));
  return found?.[1] as Json | undefined;
}

/** An extension is its URL; another slice is the values its discriminators name. */
function sliceTest(draft: Draft, parent: Draft, name: string, sliceName: string, extension: string | undefined): ProfileNode['slice'] {
  if (name === 'extension' || name === 'modifierExtension') {
    const url = extension ?? constraint(draft.children.get('url')?.element).fixed ?? sliceName;
    return (value) => isJsonObject(value) && value['url'] === url;
  }
  const discriminators = parent.children.get(name)?.element?.slicing?.discriminator ?? [];
  const tests = discriminators.map(({ type, path = '' }) => {
    const wanted = type === 'value' || type === 'pattern' ? valueOfSlice(draft, path) : undefined;
    return wanted === undefined ? undefined : (value: Json) => valuesAt(value, path).some((found) => matchesPattern(found, wanted));
  });
  if (tests.length === 0 || tests.includes(undefined)) return undefined;
  return (value) => tests.every((test) => test?.(value));
}

function valueOfSlice(draft: Draft, path: string): Json | undefined {
  const target = path === '$this' ? draft : path.split('.').reduce<Draft | undefined>((at, name) => at?.children.get(name), draft);
  const { fixed, pattern } = constraint(target?.element);
  return fixed ?? pattern;
}

function valuesAt(value: Json, path: string): Json[] {
  if (path === '$this') return [value];
  let found: Json[] = [value];
  for (const name of path.split('.')) found = found.flatMap((item) => (isJsonObject(item) ? (item[name] ?? []) : []));
  return found;
}

/** Everything the pattern says is so; lists may hold more (FHIR R4 ElementDefinition.pattern). */
export function matchesPattern(value: Json, pattern: Json): boolean {
  if (Array.isArray(pattern)) return Array.isArray(value) && pattern.every((wanted) => value.some((item) => matchesPattern(item, wanted)));
  if (isJsonObject(pattern)) return isJsonObject(value) && Object.entries(pattern).every(([key, wanted]) => matchesPattern(value[key] ?? null, wanted));
  return value === pattern;
}

