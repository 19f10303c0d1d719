import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDefinitions } from '../../../src/fhir/definitions.ts';
import { textOf } from '../../../src/fhir/json.ts';
import type { Problem } from '../../../src/fhir/problem.ts';
import { loadProfiles } from '../../../src/fhir/profiles.ts';
import { validateResource } from '../../../src/fhir/validate-resource.ts';
import { feedFacts } from '../../../src/intake/feed-facts.ts';
import { foldRow, unfoldRow } from '../../../src/intake/fold.ts';
import { readRow } from '../../../src/intake/read-row.ts';
import { splitSource } from '../../../src/intake/split-source.ts';
import { sharedSamples } from '../../shared-data.ts';
import { loadedMappings, mapOf } from '../../mappings/run-example.ts';

/** Published samples, read where they lie: none crashes, none vanishes; each is taken or refused for what is really in it. */

const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));
const mappings = loadedMappings();
const errorsIn = (problems: readonly Problem[]): string[] => [...new Set(problems.filter(({ severity = 'error' }) => severity === 'error').map(({ code }) => code))];

beforeAll(() => {
  loadDefinitions();
  loadProfiles(join(projectRoot, 'profiles'));
});

/** What becomes of a file sent to a feed: the codes it is refused with, or the types it is taken as. */
function outcomeOf(feedKey: string, path: string): { refused: string[]; taken: string[] } {
  const feed = mappings.feeds.find(({ key }) => key === feedKey);
  const kind = feed && mappings.kinds.get(feed.kind);
  const part = kind?.parts[0];
  if (!feed || !kind || !part) throw new Error(`there is no feed ${feedKey}`);
  const { rows, problems } = splitSource(kind, feed, '', readFileSync(path));
  const refused = errorsIn(problems);
  const taken: string[] = [];
  for (const row of rows) {
    const read = readRow(kind, feed, part, row);
    if ('problems' in read) {
      refused.push(...errorsIn(read.problems));
      continue;
    }
    const record = unfoldRow(foldRow(new Map(), read.input, row.messageId ?? ''), read.input);
    const mapped = mapOf(mappings, kind, feed, part).run({ feed: feedFacts(feed), ...record });
    const wrong = errorsIn([...mapped.problems, ...mapped.resources.flatMap((resource) => validateResource(resource))]);
    if (wrong.length > 0) refused.push(...wrong);
    else taken.push(...mapped.resources.map(({ resourceType }) => textOf(resourceType)));
  }
  return { refused: [...new Set(refused)].sort(), taken: [...new Set(taken)].sort() };
}

function filesIn(name: string, keep: (text: string) => boolean): string[] {
  return sharedSamples(name).files(/\.json$/).filter((path) => keep(readFileSync(path, 'utf8')));
}

describe('published samples', () => {
  sharedSamples('gpconnect_structured_stu3').it('GP Connect records are taken', () => {
    const records = filesIn('gpconnect_structured_stu3', (text) => text.includes('GPConnect-StructuredRecord-Bundle-1'));
    const refused = records.map((path) => [basename(path), outcomeOf('gpexample-gpc', path).refused] as const).filter(([, codes]) => codes.length > 0);
    expect(refused).toEqual([['Consolidated_Allergies_Test_Record_v0_1.json', ['entry-twice', 'record-about-another', 'reference-ambiguous']]]); // holds a second person's problems, with ids of the first's
    expect(new Set(records.flatMap((path) => outcomeOf('gpexample-gpc', path).taken))).toEqual(new Set(['Patient', 'AllergyIntolerance', 'MedicationStatement', 'Observation']));
  });

  sharedSamples('bars_examples').it('BaRS messages of other organisations are refused as such, bookings as not taken', () => {
    const messages = filesIn('bars_examples', (text) => text.includes('"message"') && text.includes('"MessageHeader"') && text.includes('"Bundle"'));
    const outcomes = messages.map((path) => outcomeOf('wmas-bars', path));
    expect(outcomes.filter(({ refused, taken }) => refused.length === 0 && taken.length === 0)).toEqual([]);
    expect([...new Set(outcomes.flatMap(({ refused }) => refused))].sort()).toEqual(['bundle-person-missing', 'check-failed', 'entry-type', 'entry-without-id', 'message-event-unknown']);
  });

  sharedSamples('synthea_r4').it('Bundles of others are refused with a reason, never taken for ours', () => {
    const bundles = [...filesIn('synthea_r4', () => true), ...filesIn('fhir_r4_spec_examples', (text) => /^\s*\{\s*"resourceType"\s*:\s*"Bundle"/.test(text))];
    const outcomes = bundles.map((path) => [path, outcomeOf('roh-fhir', path)] as const);
    expect(outcomes.filter(([, { taken }]) => taken.length > 0).map(([path]) => path)).toEqual([]);
    expect(outcomes.filter(([, { refused }]) => refused.length === 0).map(([path]) => path)).toEqual([]);
  });
});
