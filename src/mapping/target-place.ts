import { elementOf, isKnownResourceType } from '../fhir/definitions.ts';

/** What a FHIR element accepts in JSON. */
export type ValueKind = 'string' | 'boolean' | 'number' | 'object';

const numbers = new Set(['integer', 'decimal', 'positiveInt', 'unsignedInt', 'integer64']);

export function kindOfType(type: string): ValueKind {
  if (type === 'boolean') return 'boolean';
  if (numbers.has(type)) return 'number';
  const first = type.charCodeAt(0);
  return first >= 97 && first <= 122 ? 'string' : 'object';
}

/** One element of a FHIR type as a map can fill it. */
export class TargetElement {
  readonly name: string;
  readonly list: boolean;
  readonly types: readonly string[];
  /** of the first type */
  readonly kind: ValueKind;
  /** FHIRPath-like: `Patient.name.family` */
  readonly path: string;
  /** JSON property of each type of a choice element; absent for others */
  readonly choice: ReadonlyMap<string, string> | undefined;
  private readonly places = new Map<string, TargetPlace>();

  constructor(name: string, path: string, types: readonly string[], list: boolean, isChoice: boolean) {
    this.name = name;
    this.path = path;
    this.types = types;
    this.kind = kindOfType(types[0] ?? '');
    this.list = list;
    this.choice = isChoice ? new Map(types.map((type) => [type, name + capital(type)])) : undefined;
  }

  /** Where a value of `type` in this element leads; a resource begins a path of its own. */
  placeFor(type: string): TargetPlace {
    const known = this.places.get(type);
    if (known) return known;
    const made = new TargetPlace(type, isKnownResourceType(type) ? type : this.path);
    this.places.set(type, made);
    return made;
  }
}

/** A node of the target with its type: answers which elements it has. Made once per path and kept with the compiled map. */
export class TargetPlace {
  readonly type: string;
  readonly path: string;
  private readonly elements = new Map<string, TargetElement | undefined>();

  constructor(type: string, path: string) {
    this.type = type;
    this.path = path;
  }

  element(name: string): TargetElement | undefined {
    if (!this.elements.has(name)) this.elements.set(name, findElement(this.type, name, this.path));
    return this.elements.get(name);
  }
}

/** `value` finds the choice `value[x]`, `valueQuantity` one branch of it. */
function findElement(type: string, name: string, path: string): TargetElement | undefined {
  if (name in {} || type in {}) return undefined;
  const base = choiceBranch(type, name);
  if (base) return new TargetElement(name, `${path}.${base.element}`, [base.type], false, false);
  const shape = elementOf(type, name);
  return shape && new TargetElement(name, `${path}.${name}`, shape.types, shape.list, isChoice(shape.types));
}

function isChoice(types: readonly string[]): boolean {
  return new Set(types).size > 1;
}

function choiceBranch(type: string, name: string): { element: string; type: string } | undefined {
  for (let split = name.length - 1; split > 0; split -= 1) {
    const initial = name.charCodeAt(split);
    if (initial < 65 || initial > 90) continue;
    const element = name.slice(0, split);
    const shape = element in {} ? undefined : elementOf(type, element);
    const branch = shape && isChoice(shape.types) ? shape.types.find((t) => capital(t) === name.slice(split)) : undefined;
    if (branch !== undefined) return { element, type: branch };
  }
  return undefined;
}

function capital(type: string): string {
  return type.charAt(0).toUpperCase() + type.slice(1);
}

/** Is this the name of a resource or data type maps may create? */
export function isKnownType(type: string): boolean {
  if (type in {}) return false;
  return isKnownResourceType(type) || elementOf(type, 'id') !== undefined || elementOf(type, 'extension') !== undefined;
}
