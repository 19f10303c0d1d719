import { fileURLToPath } from 'node:url';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { loadMappings } from '../../src/intake/load-mappings.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';

const mappings = loadMappings(fileURLToPath(new URL('../../mappings', import.meta.url)));
const files = [...demoFiles({ seed: 1, citizens: 120 })];

describe('the demo files at intake', () => {
  it('find their feeds', () => {
    expect(mappings).not.toHaveProperty('problems');
  });

  it.each(files.map((file) => [file.name, file] as const))('%s is read without a problem or a warning', (_, file) => {
    if ('problems' in mappings) throw new Error('the mappings cannot be loaded');
    const feed = mappings.feeds.find((one) => one.key === file.feed);
    const kind = feed && mappings.kinds.get(feed.kind);
    const part = kind?.parts.find((one) => one.name === file.part);
    if (!feed || !kind || !part) throw new Error('no such feed');

    const { rows, problems } = splitSource(kind, feed, file.part, new TextEncoder().encode(file.content));
    expect(problems).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row.personKey === '')).toEqual([]);
    const read = rows.map((row) => readRow(kind, feed, part, row));
    expect(read.flatMap((result) => ('problems' in result ? result.problems : result.input.warnings))).toEqual([]);
  });
});
