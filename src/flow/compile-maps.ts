import { Refusal, type Problem } from '../fhir/problem.ts';
import type { Mappings } from '../intake/load-mappings.ts';
import type { Feed, Part } from '../intake/types.ts';
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
    const files = mappings.files(feed.kind, feed.partner.partnerKey);
    const tables = files.tables.flatMap(({ name, text, file }): CodeTable[] => {
      const read = readTable({ name, text, file: `${feed.kind}/${file}` });
      if ('problems' in read) problems.push(...read.problems);
      return 'table' in read ? [read.table] : [];
    });
    for (const part of kind.parts.filter(({ cover }) => !cover)) {
      const entry = files.maps.find(({ file }) => file === part.map);
      if (!entry) {
        problems.push({ category: 'internal', code: 'map-missing', text: 'A part names a map that is not in its kind\'s folder.', at: { file: `${feed.kind}/${part.map}` } });
        continue;
      }
      const result = compileMap({ entry, imports: files.maps.filter((each) => each !== entry), tables, zone: kind.zone });
      if ('problems' in result) problems.push(...result.problems);
      else compiled.set(`${feed.key}/${part.name}`, result.map);
    }
  }
  if (problems.length > 0) throw new Refusal(...problems);
  return (feed, part) => {
    const map = compiled.get(`${feed.key}/${part.name}`);
    if (!map) throw new Error('a feed without a compiled map');
    return map;
  };
}
