import type { Problem } from '../fhir/problem.ts';
import type { MappingFiles } from '../intake/load-mappings.ts';
import type { Kind } from '../intake/types.ts';
import { compileMap } from '../mapping/compile-map.ts';
import { tableFromCsv } from '../mapping/table-from-csv.ts';
import type { CodeTable, CompiledMap } from '../mapping/types.ts';

/** Compiles the maps of a kind's parts with one partner's tables, by the part's name. All mistakes come back together. */
export function compileMaps(kind: Kind, files: MappingFiles): { maps: ReadonlyMap<string, CompiledMap> } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const tables = files.tables.flatMap(({ name, text, file }): CodeTable[] => {
    const read = tableFromCsv(name, text, `${kind.name}/${file}`);
    if ('problems' in read) problems.push(...read.problems);
    return 'table' in read ? [read.table] : [];
  });
  const maps = new Map<string, CompiledMap>();
  for (const part of kind.parts) {
    const entry = files.maps.find(({ file }) => file === part.map);
    if (!entry) {
      problems.push({ category: 'internal', code: 'map-missing', text: 'A part names a map that is not in its kind\'s folder.', at: { file: `${kind.name}/${part.map}` } });
      continue;
    }
    const result = compileMap({ entry, imports: files.maps.filter((each) => each !== entry), tables, zone: kind.zone });
    if ('problems' in result) problems.push(...result.problems);
    else maps.set(part.name, result.map);
  }
  return problems.length > 0 ? { problems } : { maps };
}
