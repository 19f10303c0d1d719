import { fileURLToPath } from 'node:url';
import { demoFiles, type DemoFile } from '../../src/demo/demo-files.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import { feedFacts } from '../../src/intake/feed-facts.ts';
import { foldRow, unfoldRow } from '../../src/intake/fold.ts';
import { loadMappings, type Mappings } from '../../src/intake/load-mappings.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { Feed, FoldState, Kind, Part } from '../../src/intake/types.ts';
import { compileMap } from '../../src/mapping/compile-map.ts';
import { readTable } from '../../src/mapping/read-table.ts';
import type { CompiledMap } from '../../src/mapping/types.ts';

const files = [...demoFiles({ seed: 1, citizens: 120 })];
const lanes = [...new Set(files.map((file) => `${file.feed}/${file.part}`))];

interface Lane {
  feed: Feed;
  kind: Kind;
  part: Part;
  map: CompiledMap;
}

describe('the demo files under the mappings', () => {
  beforeAll(() => loadDefinitions());

  it.each(lanes)('%s: every row becomes resources, without a problem', (name) => {
    const lane = openLane(name);
    const problems = new Set<string>();
    let rows = 0;
    for (const record of records(lane, files.filter((file) => `${file.feed}/${file.part}` === name))) {
      const result = lane.map.run({ feed: feedFacts(lane.feed), ...record });
      for (const problem of result.problems) problems.add(describeProblem(problem));
      expect(result.resources.length).toBeGreaterThan(0);
      rows++;
    }
    expect([...problems]).toEqual([]);
    expect(rows).toBeGreaterThan(0);
  });
});

function openLane(name: string): Lane {
  const mappings = loadMappings(fileURLToPath(new URL('../../mappings', import.meta.url)));
  if ('problems' in mappings) throw new Error(mappings.problems.map(describeProblem).join('\n'));
  const [feedKey, partName] = name.split('/');
  const feed = mappings.feeds.find((one) => one.key === feedKey);
  const kind = feed && mappings.kinds.get(feed.kind);
  const part = kind?.parts.find((one) => one.name === partName);
  if (!feed || !kind || !part) throw new Error(`no feed ${name}`);
  return { feed, kind, part, map: compile(mappings, feed, kind, part) };
}

function compile(mappings: Mappings, feed: Feed, kind: Kind, part: Part): CompiledMap {
  const { maps, tables } = mappings.files(kind.name, feed.partner.partnerKey);
  const [entry, ...imports] = [...maps].sort((a, b) => Number(b.file === part.map) - Number(a.file === part.map));
  if (entry?.file !== part.map) throw new Error(`no map ${part.map}`);
  const read = tables.map(readTable);
  const compiled = compileMap({ entry, imports, tables: read.flatMap((one) => ('table' in one ? [one.table] : [])), zone: kind.zone });
  if ('problems' in compiled) throw new Error(compiled.problems.map(describeProblem).join('\n'));
  return compiled.map;
}

/** What the map would be given for each row, patches folded in the order the files are posted. */
function* records({ feed, kind, part }: Lane, laneFiles: readonly DemoFile[]): Generator<JsonObject> {
  let states: ReadonlyMap<string, FoldState> = new Map();
  for (const file of laneFiles) {
    for (const row of splitSource(kind, feed, file.part, new TextEncoder().encode(file.content)).rows) {
      const read = readRow(kind, feed, part, row);
      if ('problems' in read) throw new Error(read.problems.map(describeProblem).join('\n'));
      if (kind.update === 'snapshot') yield read.input.record;
      else {
        states = foldRow(states, read.input, row.messageId ?? '');
        yield unfoldRow(states, read.input);
      }
    }
  }
}

function describeProblem(problem: Problem): string {
  return `${problem.code}: ${problem.text} ${JSON.stringify(problem.at ?? {}, (key, value: unknown) => (key === 'row' ? undefined : value))}`;
}
