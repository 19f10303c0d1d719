import type { Json } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';
import { looseKey } from './code-tables.ts';
import { relationshipOf } from './relationships.ts';
import { JsonCursor } from './structure-map/json-cursor.ts';
import type { CodeTable } from './types.ts';

type Row = { system: string; code: string; display: string };

/**
 * Reads a code table from a ConceptMap (R4 equivalence, R5 relationship). A code whose targets do not stand for it stays
 * in the table: meeting it is an error of the record. `unmapped` may be `fixed` or `provided`. All mistakes are reported
 * together, by pointer; a code with two usable targets is one of them.
 */
export function tableFromConceptMap(name: string, text: string, file: string): { table: CodeTable } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const map = new JsonCursor(jsonOf(text), { file, problems }, '', 'code-table');
  if (map.text('resourceType') !== 'ConceptMap') map.problem('This is not a ConceptMap');
  const reader = new TableReader(name);
  for (const group of map.items('group')) reader.readGroup(group);
  return problems.length > 0 ? { problems } : { table: reader.table() };
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

class TableReader {
  private readonly name: string;
  private readonly isLoose: boolean;
  private readonly rows = new Map<string, Row>();
  private readonly unusable = new Set<string>();
  private fallback: Row | undefined;
  private provided = false;

  constructor(name: string) {
    this.name = name;
    this.isLoose = name.endsWith('.loose');
  }

  table(): CodeTable {
    return {
      name: this.name, file: `tables/${this.name}.json`, rows: this.rows, unusable: this.unusable, provided: this.provided,
      ...(this.isLoose ? { loose: true } : {}), ...(this.fallback ? { fallback: this.fallback } : {}),
    };
  }

  readGroup(group: JsonCursor): void {
    group.only('source', 'sourceVersion', 'target', 'targetVersion', 'element', 'unmapped');
    const system = group.text('target') ?? '';
    for (const element of group.items('element')) this.readElement(element, system);
    const unmapped = group.member('unmapped');
    if (unmapped.value === undefined) return;
    const mode = unmapped.text('mode');
    if (mode === 'provided') this.provided = true;
    else if (mode === 'fixed') this.fallback = { system, code: unmapped.needed('code'), display: unmapped.text('display') ?? '' };
    else unmapped.problem('What is not mapped may be provided or fixed');
  }

  private readElement(element: JsonCursor, system: string): void {
    const code = element.needed('code');
    const key = this.isLoose ? looseKey(code) : code;
    const usable = element.items('target').filter((target) => this.isUsable(target));
    const [first] = usable;
    if (usable.length > 1 || (first && this.rows.has(key))) element.problem('This code has two usable targets');
    if (first) this.rows.set(key, { system, code: first.needed('code'), display: first.text('display') ?? '' });
    else this.unusable.add(key);
  }

  private isUsable(target: JsonCursor): boolean {
    if (target.items('dependsOn').length > 0) target.problem('A table knows the code alone: a target cannot depend on other elements');
    const relationship = relationshipOf(target.text('equivalence') ?? target.text('relationship'));
    if (!relationship) target.problem('This is no relationship of a ConceptMap');
    return relationship?.usable ?? false;
  }
}
