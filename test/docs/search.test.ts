import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeSearch } from './describe-search.ts';

/** docs/search.md lists what the code serves. UPDATE_DOCS=1 writes that part anew. */

const file = fileURLToPath(new URL('../../docs/search.md', import.meta.url));
const start = '## What each type is searched by\n\n';
const text = readFileSync(file, 'utf8');
const written = text.slice(0, text.indexOf(start)) + start + describeSearch();
if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, written);

it('docs/search.md is up to date (UPDATE_DOCS=1 writes it)', () => {
  expect(text).toContain(start);
  expect(readFileSync(file, 'utf8')).toBe(written);
});
