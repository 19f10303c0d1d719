import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { feedFacts } from '../../src/intake/feed-facts.ts';
import { loadMappings, type Mappings } from '../../src/intake/load-mappings.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { MapResult } from '../../src/mapping/types.ts';
import { keyOf, mapOf } from '../mappings/run-example.ts';

/** The worked example of docs/onboarding-a-partner.md, built from its own blocks beside the real mappings. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/onboarding-a-partner.md'), 'utf8');
const blocks = [...page.matchAll(/^```\w+ (file|into) (\S+)(?: (\S+))?\n([^]*?)^```$/gm)]
  .map(([, action, file = '', below, text = '']) => ({ action, file, below, text }));

describe('the worked example of onboarding a partner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-onboarding-'));
  let mappings: Mappings;

  beforeAll(() => {
    loadDefinitions();
    loadProfiles(join(root, 'profiles'));
    cpSync(join(root, 'mappings'), join(folder, 'mappings'), { recursive: true });
    for (const { action, file, below, text } of blocks) {
      const path = join(folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, action === 'file' ? text : readFileSync(path, 'utf8').replace(`${below}:\n`, (heading) => heading + text));
    }
    const loaded = loadMappings(join(folder, 'mappings'));
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 1));
    mappings = loaded;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(example: string): { results: MapResult[]; problems: string[] } {
    const kind = mappings.kinds.get('home-visits');
    const feed = mappings.feeds.find(({ key }) => key === 'hospice-visits');
    const part = kind?.parts[0];
    if (!kind || !feed || !part) throw new Error('the example does not define its kind and feed');
    const split = splitSource(kind, feed, '', readFileSync(join(folder, 'mappings/home-visits/examples', example, 'input.csv')));
    const read = split.rows.map((row) => readRow(kind, feed, part, row));
    const map = mapOf(mappings, kind, feed, part);
    const results = read.flatMap((row) => ('input' in row ? [map.run({ feed: feedFacts(feed), ...row.input.record })] : []));
    return { results, problems: [...split.problems, ...read.flatMap((row) => ('problems' in row ? row.problems : []))].map(({ code }) => code) };
  }

  it('maps its good example into resources that validate and can be named', () => {
    const { results, problems } = run('two-visits');
    const feed = mappings.feeds.find(({ key }) => key === 'hospice-visits');
    expect([problems, results.flatMap((result) => result.problems)]).toEqual([[], []]);
    const resources = results.flatMap((result) => result.resources);
    expect(resources.map((resource) => resource['resourceType'])).toEqual(['Patient', 'Encounter', 'Patient', 'Encounter']);
    for (const resource of resources) {
      expect(validateResource(resource).filter(({ severity }) => (severity ?? 'error') === 'error')).toEqual([]);
      expect(feed && keyOf(resource, feed)).toMatch(/hospice\/(person|visit)\|/);
    }
    expect(resources[1]).toMatchObject({ reasonCode: [{ coding: [{ code: 'symptoms' }], text: 'SYM' }] });
  });

  it('loses no field but the one it drops', () => {
    const unmapped = run('two-visits').results.flatMap(({ ledger }) => ledger.filter(({ state }) => state === 'unmapped'));
    expect([...new Set(unmapped.map(({ field }) => field))].filter((field) => !field.startsWith('feed.'))).toEqual(mappings.dropped('home-visits').map(({ field }) => field));
  });

  it('refuses its bad example', () => {
    expect(run('bad-date')).toEqual({ results: [], problems: ['date-not-real'] });
  });
});
