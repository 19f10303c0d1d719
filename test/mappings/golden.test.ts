import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles, publishedProfiles } from '../../src/fhir/profiles.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { coversField, fieldStates } from '../../src/flow/mapping/field-states.ts';
import { exampleFile, type ExampleRun, examplesOf, keyOf, loadedMappings, mapOf, type Outcome, runExample, typeOf } from './run-example.ts';

/**
 * Every example of every kind, from the partner's bytes to FHIR. UPDATE_EXPECTED=1 writes expected.json anew: read every
 * difference before you keep it, an expected output is a claim about somebody's record.
 */

const update = process.env['UPDATE_EXPECTED'] === '1';
const mappings = loadedMappings();
const componentUrl = 'https://fhir.bicp.example/StructureDefinition/component';

beforeAll(() => {
  loadDefinitions();
  loadProfiles(fileURLToPath(new URL('../../profiles', import.meta.url)));
});

it('a code about sharing means the same in a list of statements and in an entry of the record', () => {
  const folder = fileURLToPath(new URL('../../mappings/emis', import.meta.url));
  const [, ...rows] = readFileSync(`${folder}/tables/sharing-code.csv`, 'utf8').trim().split('\n').map((line) => line.split(','));
  const inTable = Map.groupBy(rows.filter(([code]) => code !== '*'), ([, , meaning = '']) => meaning);
  const inMap = new Map([...readFileSync(`${folder}/choice.map`, 'utf8').matchAll(/^let (\w+) = \((.*)\);$/gm)].map(([, meaning = '', codes = '']) => [meaning, codes.split(' | ').map((code) => code.slice(1, -1))]));
  expect(new Map([...inMap].sort().map(([meaning, codes]) => [meaning, codes.sort()]))).toEqual(new Map([...inTable].sort().map(([meaning, of]) => [meaning, of.map(([code = '']) => code).sort()])));
});

describe.each([...mappings.kinds.values()])('$name', (kind) => {
  const examples = examplesOf(kind.name);
  const runs = new Map<string, Promise<ExampleRun>>();
  const runOf = (example: string): Promise<ExampleRun> => {
    const run = runs.get(example) ?? runExample(mappings, kind, example);
    runs.set(example, run);
    return run;
  };
  const dropped = mappings.dropped(kind.name);

  it('has examples, good and bad', async () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
    const outcomes = (await Promise.all(examples.map(runOf))).map(({ outcome }) => outcome);
    expect(outcomes.some((outcome) => outcome.resources === undefined)).toBe(true);
    expect(outcomes.some((outcome) => outcome.problems === undefined)).toBe(true);
  });

  it('compiles for every partner that sends it', () => {
    for (const feed of mappings.feeds.filter((candidate) => candidate.kind === kind.name)) {
      for (const part of kind.parts.filter(({ cover }) => !cover)) expect(mapOf(mappings, kind, feed, part)).toHaveProperty('run');
    }
  });

  describe.each(examples)('%s', (example) => {
    it('ends as expected', async () => {
      const path = exampleFile(kind.name, example, 'expected.json');
      const { outcome } = await runOf(example);
      if (update) writeFileSync(path, `${JSON.stringify(outcome, null, 2)}\n`);
      const expected = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Outcome) : undefined;
      expect(JSON.parse(JSON.stringify(outcome))).toEqual(expected);
    });

    it('gives resources that validate, can be named, and are classed', async () => {
      const { outcome, feed } = await runOf(example);
      for (const resource of outcome.resources ?? []) {
        expect(validateResource(resource).filter((problem) => (problem.severity ?? 'error') === 'error')).toEqual([]);
        expect(keyOf(resource, feed)).not.toBe('');
        const type = typeOf(resource);
        expect(kind.categories.filter((rule) => rule.type === type && [undefined, feed.partner.partnerKey].includes(rule.partner))).not.toEqual([]);
        if (['ServiceRequest', 'EpisodeOfCare', 'CarePlan'].includes(type)) expect(componentsOf(resource)).toHaveLength(1);
      }
    });

    it('labels only with labels that are published', async () => {
      const ours = publishedProfiles().terminology.codesOf('https://fhir.bicp.example/ValueSet/sharing-label');
      const labels = ((await runOf(example)).outcome.resources ?? []).flatMap(labelsOf);
      expect(labels.filter(({ system, code }) => !(system?.startsWith('http://terminology.hl7.org/CodeSystem/v3-') && code) && !ours?.pairs.has(`${system}|${code}`))).toEqual([]);
    });

    it('loses no field: each is carried, read, or dropped with a reason', async () => {
      const states = fieldStates((await runOf(example)).ledger, dropped);
      expect([...states].filter(([, state]) => state === 'unmapped').map(([field]) => field)).toEqual([]);
    });
  });

  it('drops only fields that its examples hold and nothing carries', async () => {
    const entries = (await Promise.all(examples.map(runOf))).flatMap(({ ledger }) => ledger);
    for (const row of dropped) {
      const covered = entries.filter((entry) => coversField(row, entry.field));
      expect([row.field, covered.length > 0, covered.find((entry) => entry.state === 'carried')]).toEqual([row.field, true, undefined]);
    }
  });

  // the table about a package is read before any map
  const columns = kind.parts.filter(({ cover }) => !cover).flatMap((part) => (part.columns ?? []).map((column) => column.name));
  if (columns.length > 0) {
    it('shows every column in an example', async () => {
      const read = new Set((await Promise.all(examples.map(runOf))).flatMap((run) => [...run.read]));
      expect(columns.filter((name) => !read.has(name))).toEqual([]);
    });
  }
});

function labelsOf(resource: JsonObject): { system?: string; code?: string }[] {
  return (resource['meta'] as { security?: { system?: string; code?: string }[] } | undefined)?.security ?? [];
}

function componentsOf(resource: JsonObject): unknown[] {
  const extensions = (resource['extension'] ?? []) as { url?: string; valueCoding?: { system?: string; code?: string } }[];
  return extensions.filter(({ url, valueCoding }) => url === componentUrl && valueCoding?.system === 'https://fhir.bicp.example/CodeSystem/ei-component' && valueCoding.code);
}
