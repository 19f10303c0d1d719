import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadedMappings } from '../mappings/run-example.ts';
import { describeFeeds } from './describe-feeds.ts';

/** docs/feeds.md says what mappings/ says. UPDATE_DOCS=1 writes it anew. */

const file = fileURLToPath(new URL('../../docs/feeds.md', import.meta.url));
const mappings = loadedMappings();
const made = describeFeeds(mappings);
if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, made);

it('docs/feeds.md is up to date (UPDATE_DOCS=1 writes it)', () => {
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(made);
});

it('describes every feed, part, event and example', () => {
  for (const { key } of mappings.feeds) expect(made).toContain(`| \`${key}\` |`);
  for (const kind of mappings.kinds.values()) {
    expect(made).toContain(`\n## ${kind.name}\n`);
    for (const part of kind.parts.filter(({ name }) => name !== '')) expect(made).toContain(`\n### Part ${part.name}\n`);
    for (const event of kind.parts.flatMap(({ messages }) => Object.keys(messages?.events ?? {}))) expect(made).toMatch(new RegExp(`^\\| ${event} \\|`, 'm'));
  }
});
