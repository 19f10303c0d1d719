import { Refusal, type Problem } from '../fhir/problem.ts';
import type { Mappings } from '../intake/load-mappings.ts';
import type { Feed, Kind, Part } from '../intake/types.ts';
import { compileMap } from '../mapping/compile-map.ts';
import { readTable } from '../mapping/read-table.ts';
import type { CodeTable, CompiledMap } from '../mapping/types.ts';

/** Compiles every feed's maps with its partner's tables, once. All mistakes of all of them are refused together. */
export function compileMaps(mappings: Mappings): (feed: Feed, part: Part) => CompiledMap {
  const problems: Problem[] = [];
  const compiled = new Map<string, CompiledMap>();
  for (const feed of mappings.feeds) {
    const kind = mappings.kinds.get(feed.kind);
    if (!kind) continue;
    const made = compileKind(mappings, kind, feed.partner.partnerKey);
    problems.push(...made.problems);
    for (const [part, map] of made.maps) compiled.set(`${feed.key}/${part}`, map);
  }
  if (problems.length > 0) throw new Refusal(...problems);
  return (feed, part) => {
    const map = compiled.get(`${feed.key}/${part.name}`);
    if (!map) throw new Error('a feed without a compiled map');
    return map;
  };
}

/**
 * The maps of one kind as one partner uses them, by the name of the part. Problems name their file from the folder of all
 * kinds (`cld/event.map`). With `trace` a map also tells which rule set which element from which fields.
 */
export function compileKind(
  mappings: Mappings, kind: Kind, partnerKey: string, options: { trace?: boolean } = {},
): { maps: Map<string, CompiledMap>; problems: Problem[]; warnings: Problem[] } {
  const { maps, tables: texts } = mappings.files(kind.name, partnerKey);
  const made = { maps: new Map<string, CompiledMap>(), problems: [] as Problem[], warnings: [] as Problem[] };
  const tables = texts.flatMap(({ name, text, file }): CodeTable[] => {
    const read = readTable({ name, text, file });
    if ('problems' in read) made.problems.push(...read.problems);
    return 'table' in read ? [read.table] : [];
  });
  for (const part of kind.parts.filter(({ cover }) => !cover)) {
    const entry = maps.find(({ file }) => file === part.map);
    if (!entry) {
      made.problems.push({ category: 'internal', code: 'map-missing', text: 'A part names a map that is not in its kind\'s folder.', at: { file: part.map } });
      continue;
    }
    const result = compileMap({ entry, imports: maps.filter((each) => each !== entry), tables, zone: kind.zone, ...options });
    if ('problems' in result) made.problems.push(...result.problems);
    else made.maps.set(part.name, result.map);
    if ('warnings' in result) made.warnings.push(...result.warnings);
  }
  return { maps: made.maps, problems: distinct(kind, made.problems), warnings: distinct(kind, made.warnings) };
}

/** Parts share files: a mistake in a shared one is told once, by the path from the folder of all kinds. */
function distinct(kind: Kind, problems: readonly Problem[]): Problem[] {
  const named = problems.map((problem) => (problem.at?.file === undefined ? problem : { ...problem, at: { ...problem.at, file: `${kind.name}/${problem.at.file}` } }));
  return [...new Map(named.map((problem) => [JSON.stringify(problem), problem])).values()];
}
