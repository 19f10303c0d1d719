import { isJsonObject, textOf } from '../fhir/json.ts';
import type { Json, JsonObject } from '../fhir/json.ts';
import { isExactDecimal } from './exact-decimal.ts';
import { isEmptyValue } from './prune-node.ts';
import type { TargetElement } from './target-place.ts';
import type { TraceEntry } from './types.ts';

/** Which target of which rule set a value, and what it used. */
export type Origin = Pick<TraceEntry, 'at' | 'rule' | 'fields' | 'firedBy'>;

/** What was written under one JSON property; `origins` runs beside the list there. */
interface Written {
  name: string;
  origins: (Origin | undefined)[];
}

/** More would not be read. */
const mostGaps = 2_000;

/** Remembers for every value of a run where it came from, until the run is over and its place is final. */
export class Trace {
  private readonly nodes = new Map<JsonObject, Map<string, Written>>();
  /** of objects that were set whole: a resource is not below anything of a resource */
  private readonly whole = new Map<Json, Origin>();
  private readonly lacks: { node: JsonObject; path: readonly string[]; origin: Origin }[] = [];

  /** To be told after `node[key]` got one more value, in a list at `place`; without an origin it is a node the map made. */
  wrote(node: JsonObject, key: string, element: TargetElement, place: number, origin: Origin | undefined): void {
    const keys = this.nodes.get(node) ?? new Map<string, Written>();
    this.nodes.set(node, keys);
    const written = keys.get(key) ?? { name: element.path.slice(element.path.lastIndexOf('.') + 1), origins: [] };
    keys.set(key, written);
    const present = node[key];
    const value = Array.isArray(present) ? present[place] : present;
    if (origin && value !== undefined && isJsonObject(value)) this.whole.set(value, origin);
    if (!Array.isArray(present)) {
      written.origins = [origin];
      return;
    }
    // what a copied object brought with it was set by the rule that copied it
    while (written.origins.length < present.length - 1) written.origins.push(undefined);
    written.origins.splice(place, 0, origin);
  }

  /** To be told when a rule gave `node` nothing at a path below it. */
  missed(node: Json | undefined, path: readonly string[], origin: Origin | undefined): void {
    if (origin && node !== undefined && isJsonObject(node) && this.lacks.length < mostGaps) this.lacks.push({ node, path, origin });
  }

  /** One entry for each element of these resources that a rule would have given; its place has the numbers of lists as far as they are known. */
  gaps(resources: readonly JsonObject[]): TraceEntry[] {
    const wanted = Map.groupBy(this.lacks, ({ node }) => node);
    const found: TraceEntry[] = [];
    const look = (value: Json, resource: number, path: string): void => {
      if (Array.isArray(value)) return value.filter((item) => !isEmptyValue(item) || wanted.has(item as JsonObject)).forEach((item, index) => look(item, resource, isEmptyValue(item) ? path : `${path}[${index}]`));
      if (!isJsonObject(value) || isExactDecimal(value)) return;
      for (const lack of wanted.get(value) ?? []) found.push({ resource, to: [path, ...lack.path].join('.'), ...lack.origin });
      for (const [key, inner] of Object.entries(value)) look(inner, resource, `${path}.${this.nodes.get(value)?.get(key)?.name ?? key.replace(/^_/, '')}`);
    };
    for (const [index, resource] of resources.entries()) look(resource, index, textOf(resource['resourceType']));
    return found;
  }

  /** One entry for each value that is still there, with the index it will have once empty elements are removed. To be called before they are. */
  entries(resources: readonly JsonObject[]): TraceEntry[] {
    const found: TraceEntry[] = [];
    for (const [resource, node] of resources.entries()) {
      const [type, whole] = [textOf(node['resourceType']), this.whole.get(node)];
      if (whole) found.push({ resource, to: type, ...whole });
      this.walk(node, type, (to, origin) => found.push({ resource, to, ...origin }));
    }
    return found;
  }

  private walk(node: JsonObject, path: string, add: (to: string, origin: Origin) => void): void {
    const keys = this.nodes.get(node);
    for (const [key, value] of Object.entries(node)) {
      const written = keys?.get(key);
      // extensions of a primitive stand under an underscore in JSON and below the primitive in FHIRPath
      const to = `${path}.${written?.name ?? key.replace(/^_/, '')}`;
      if (!Array.isArray(value)) {
        this.visit(value, to, written?.origins[0], add);
        continue;
      }
      let index = 0;
      // beside another list nothing moves up
      const keepsPlaces = Array.isArray(node[key.startsWith('_') ? key.slice(1) : `_${key}`]);
      for (const [place, item] of value.entries()) {
        if (isEmptyValue(item)) continue;
        this.visit(item, `${to}[${keepsPlaces ? place : index}]`, written?.origins[place], add);
        index += 1;
      }
    }
  }

  private visit(value: Json, to: string, origin: Origin | undefined, add: (to: string, origin: Origin) => void): void {
    if (isEmptyValue(value)) return;
    if (origin) add(to, origin);
    if (isJsonObject(value) && !isExactDecimal(value)) this.walk(value, to, add);
  }
}
