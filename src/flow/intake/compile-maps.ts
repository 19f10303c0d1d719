import { posix } from 'node:path';
import type { Problem } from '../../fhir/problem.ts';
import type { MappingFiles } from '../../intake/load-mappings.ts';
import type { Kind } from '../../intake/types.ts';
import { compileMap } from '../../mapping/compile-map.ts';
import { readTable } from '../../mapping/read-table.ts';
import type { CodeTable, CompiledMap } from '../../mapping/types.ts';

export interface CompiledMaps {
  /** by the part's name */
  maps: ReadonlyMap<string, CompiledMap>;
  /** nothing of `maps` may be used when there are any */
  problems: Problem[];
  warnings: Problem[];
}

/**
 * The maps of one kind with one partner's tables. All mistakes come back together and name their file from the folder of
 * all kinds (`cld/event.map`). With `trace` a map also tells which rule set which element from which fields.
 */
export function compileMaps(kind: Kind, files: MappingFiles, options: { trace?: boolean; maxSteps?: number } = {}): CompiledMaps {
  const maps = new Map<string, CompiledMap>();
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const tables = files.tables.flatMap(({ name, text, file }): CodeTable[] => {
    const read = readTable({ name, text, file });
    if ('problems' in read) problems.push(...read.problems);
    return 'table' in read ? [read.table] : [];
  });
  for (const part of kind.parts.filter(({ cover }) => !cover)) {
    const entry = files.maps.find(({ file }) => file === part.map);
    if (!entry) {
      problems.push({ category: 'internal', code: 'map-missing', text: 'A part names a map that is not in its kind\'s folder.', at: { file: part.map } });
      continue;
    }
    const result = compileMap({ entry, imports: files.maps.filter((each) => each !== entry), tables, zone: kind.zone, ...options });
    if ('problems' in result) problems.push(...result.problems);
    else maps.set(part.name, result.map);
    if ('warnings' in result) warnings.push(...result.warnings);
  }
  return { maps, problems: distinct(kind, problems), warnings: distinct(kind, warnings) };
}

/** Parts share files: a mistake in a shared one is told once, by the path from the folder of all kinds. */
function distinct(kind: Kind, problems: readonly Problem[]): Problem[] {
  const named = problems.map((problem) => (problem.at?.file === undefined ? problem : { ...problem, at: { ...problem.at, file: posix.normalize(`${kind.name}/${problem.at.file}`) } }));
  return [...new Map(named.map((problem) => [JSON.stringify(problem), problem])).values()];
}
