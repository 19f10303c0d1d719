import { sortKeysOf } from '../../src/fhir/parse-shaping.ts';
import { searchableTypes, searchParametersOf } from '../../src/fhir/search-parameters.ts';

/** The part of docs/search.md that is made: what each type can be searched and sorted by. */
export function describeSearch(): string {
  return searchableTypes().sort().map((type) => {
    const rows = (searchParametersOf(type) ?? []).filter(({ name }) => !name.startsWith('_'));
    const byKind = Map.groupBy(rows, ({ kind }) => kind);
    const lines = [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, of]) => `| ${kind} | ${of.map(({ name }) => `\`${name}\``).join(' ')} |`);
    const sorts = type === 'AuditEvent' ? '`-date`' : sortKeysOf(type).map((name) => `\`${name}\``).join(' ');
    return `### ${type}\n\n| kind | parameters |\n| --- | --- |\n${lines.join('\n')}\n\nSorted by ${sorts}.\n`;
  }).join('\n');
}
