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
import { mapCommand } from '../../src/edge/cli/map.ts';
import { runCommand } from '../edge/cli/run-command.ts';
import { keyOf, mapOf } from '../mappings/run-example.ts';

/** The worked example of docs/onboarding-a-partner.md, built from its own blocks beside the real mappings. UPDATE_DOCS=1 writes what the commands print. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const pageFile = join(root, 'docs/onboarding-a-partner.md');
const page = readFileSync(pageFile, 'utf8');
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

  it('leads from a broken file to a green one, as the page shows', async () => {
    cpSync(join(folder, 'mappings'), join(folder, 'before'), { recursive: true });
    const shown: string[] = [];
    let walked = page;
    for (const [block, language, head = '', text = ''] of page.matchAll(/^```(console|edit)(?: (\S+))?\n([^]*?)^```$/gm)) {
      if (language === 'edit') edit(join(folder, head), text);
      else {
        const [command = '', ...told] = text.split('\n');
        const out = await typed(command);
        shown.push(out);
        walked = walked.replace(block, () => `\`\`\`console\n${command}\n${out}\`\`\``);
        if (process.env['UPDATE_DOCS'] !== '1') expect(told.join('\n')).toBe(out);
      }
    }
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(pageFile, walked);
    const [broken = '', green = '', explained = '', coverage = '', diff = ''] = shown;
    expect(broken).toMatch(/^sample\/may\.csv:4:\d+ \(row 3\) {2}Visit Date "##\/##\/####" {2}ERROR {2}date-format {2}"Visit Date" is not written as yyyy-MM-dd;/m);
    expect(broken).toMatch(/^sample\/may\.csv:3:\d+ \(row 2\) {2}Reason "XXX" {2}WARNING {2}code-not-in-table {2}No row of tables\/visit-reason\.csv has the code this field holds\n.*\n {4}fix {7}Add a row for this value to home-visits\/tables\/visit-reason\.csv/m);
    expect(green).toMatch(/^1 file {2}1 ok {2}0 failed {3}rows 3\/3 ok[^\n]*\n$/);
    expect(explained).toContain('Encounter.reasonCode[0].coding[0]');
    expect(coverage).toMatch(/^CodeableConcept\.text {2}never set {2}mappings\/home-visits\/visit\.map:47:\d+ {2}reason\.text = 'not said';$/m);
    expect(coverage).toMatch(/0 never read/);
    expect(diff).toMatch(/Encounter\.reasonCode\.coding {2}1/);
  });

  /** Runs `onestory map …` in the folder; what it prints names files as they are seen from there. */
  async function typed(line: string): Promise<string> {
    const args = line.replace('$ onestory map ', '').split(' ').map((arg) => (/^(?:sample|before)(?:\/|$)/.test(arg) ? join(folder, arg) : arg));
    const { out, problems } = await runCommand(mapCommand, [...args, '--mappings', join(folder, 'mappings')], { clock: () => new Date('2026-06-01T12:00:00Z') });
    return [out, ...problems.map(({ code }) => `${code}\n`)].join('').replaceAll(`${folder}/`, '');
  }

  function edit(path: string, text: string): void {
    const [from = '', ...to] = text.split('\n').slice(0, -1);
    const before = readFileSync(path, 'utf8');
    expect(before.split(from)).toHaveLength(2);
    writeFileSync(path, before.replace(from, () => to.join('\n')));
  }
});
