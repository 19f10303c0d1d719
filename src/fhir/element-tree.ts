import type { Bundle, ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

/**
 * What base R4 says of the members of an object, in the order of the definitions: which is the order of XML. Kept beside
 * the validator's own index, which has neither the order of choices nor what is a summary, a modifier or an XML attribute.
 */
export interface ElementMember {
  /** in JSON and in XML: `valueString` where the definition has `value[x]` */
  name: string;
  /** as the definition names it, without `[x]`: `value` */
  element: string;
  /** FHIR type code */
  type: string;
  form: 'primitive' | 'object' | 'resource' | 'xhtml';
  list: boolean;
  min: number;
  summary: boolean;
  modifier: boolean;
  /** in XML an attribute of its parent */
  attribute: boolean;
  /** what `membersOf` takes for the members of its value: a type, or a path inside one */
  at: string;
}

type Defined = Pick<ElementMember, 'list' | 'min' | 'summary' | 'modifier' | 'attribute'> & { path: string; name: string; types: string[]; reference?: string };

const defined = new Map<string, Defined[]>();
const primitives = new Set<string>(['http://hl7.org/fhirpath/System.String']);
/** `Resource` itself, and each type of it: the library's definitions narrow some of its places */
const resourceTypes = new Set<string>();
const expanded = new Map<string, ReadonlyMap<string, ElementMember>>();

/** Takes the base definitions of a bundle in; profiles in it are passed over. */
export function indexElements(bundle: Bundle): void {
  for (const { resource } of bundle.entry ?? []) {
    if (resource?.resourceType !== 'StructureDefinition' || resource.derivation === 'constraint') continue;
    if (resource.kind === 'primitive-type') primitives.add(resource.name ?? '');
    if (resource.kind === 'resource') resourceTypes.add(resource.name ?? '');
    if (resource.kind === 'resource' || resource.kind === 'complex-type') indexStructure(resource);
  }
  expanded.clear();
}

function indexStructure({ snapshot }: StructureDefinition): void {
  for (const element of snapshot?.element ?? []) {
    const { path = '' } = element;
    const dot = path.lastIndexOf('.');
    if (dot < 0) continue;
    const parent = path.slice(0, dot);
    const siblings = defined.get(parent) ?? [];
    defined.set(parent, siblings);
    siblings.push(definedOf(element, path, path.slice(dot + 1)));
  }
}

/** Without the sentences about it, which are most of a definition. */
function definedOf(element: ElementDefinition, path: string, name: string): Defined {
  return {
    path, name, types: (element.type ?? []).map(({ code = '' }) => code), list: element.max !== '1' && element.max !== '0', min: element.min ?? 0,
    summary: element.isSummary === true, modifier: element.isModifier === true, attribute: element.representation?.includes('xmlAttr') === true,
    ...(element.contentReference !== undefined && { reference: element.contentReference.slice(element.contentReference.indexOf('#') + 1) }),
  };
}

/** The members an object of this type may have, by name; empty for a type nobody knows. `loadDefinitions` must have run. */
export function membersOf(at: string): ReadonlyMap<string, ElementMember> {
  const known = expanded.get(at);
  if (known) return known;
  const members = new Map((defined.get(at) ?? []).flatMap(expand).map((member) => [member.name, member]));
  expanded.set(at, members);
  return members;
}

function expand({ path, name, types, reference, ...facts }: Defined): ElementMember[] {
  if (reference !== undefined) return [{ ...facts, name, element: name, type: 'BackboneElement', form: 'object', at: reference }];
  const choice = name.endsWith('[x]');
  const element = choice ? name.slice(0, -3) : name;
  return types.map((type) => ({
    ...facts, element, type, form: formOf(type), name: choice ? `${element}${type.charAt(0).toUpperCase()}${type.slice(1)}` : element,
    at: defined.has(path) ? path : type,
  }));
}

function formOf(type: string): ElementMember['form'] {
  if (type === 'xhtml') return 'xhtml';
  if (resourceTypes.has(type)) return 'resource';
  return primitives.has(type) ? 'primitive' : 'object';
}
