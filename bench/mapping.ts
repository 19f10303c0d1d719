import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseMappingLanguage, structureMapTransform } from '@medplum/core';
import { loadDefinitions } from '../src/fhir/definitions.ts';
import type { JsonObject } from '../src/fhir/json.ts';
import { compileMap } from '../src/mapping/compile-map.ts';
import type { CompiledMap } from '../src/mapping/types.ts';
import type { Print, Settings } from './settings.ts';

/** A map of everyday rules that both engines run with the same result. */
export const sharedMap = `map "https://bench.example/StructureMap/person" = "Person"
conceptmap "sex" {
  prefix s = "https://bench.example/sex"
  prefix t = "http://hl7.org/fhir/administrative-gender"
  s:M == t:male
  s:F == t:female
}
group Main(source src, target bundle : Bundle) {
  src -> bundle.entry as e, e.resource = create('Patient') as p then Person(src, p) "person";
}
group Person(source src, target p : Patient) {
  src.number as v -> p.identifier as i, i.system = 'https://bench.example/number', i.value = v "number";
  src.name as name -> p.name as n then {
    name.family as v -> n.family = v "family";
    name.given as v -> n.given = v "given";
  } "name";
  src.sex as v -> p.gender = translate(v, '#sex', 'code') "sex";
  src.born as v -> p.birthDate = v "born";
  src.language as v -> p.communication as c, c.language = cc('urn:ietf:bcp:47', v) "language";
  src.home as home where (home.kind = 'main') -> p.address as a then {
    home.line as v -> a.line = append(v, ', Birmingham') "line";
    home.postcode as v -> a.postalCode = truncate(v, 8) "postcode";
  } "home";
}`;

export function sharedRecord(number: number): JsonObject {
  return {
    number: String(number), sex: number % 2 === 0 ? 'M' : 'F', born: `19${10 + (number % 80)}-03-04`, language: 'en',
    name: [{ family: 'Example', given: ['Ann', 'Bea'] }, { family: `Former ${number}` }],
    home: { kind: 'main', line: `${number} Test Street`, postcode: 'B1 1AA' },
  };
}

const seconds = 2;
const records = Array.from({ length: 1_000 }, (_, index) => sharedRecord(index));

/** The shared map as our engine runs it, with its ledger. */
export function compileSharedMap(): CompiledMap {
  loadDefinitions();
  const compiled = compileMap({ entry: { file: 'bench.map', text: sharedMap }, imports: [], tables: [], zone: 'Europe/London' });
  if ('problems' in compiled) throw new Error(compiled.problems.map((problem) => problem.text).join('; '));
  return compiled.map;
}

/**
 * Records mapped in one second of processor time, ours with its ledger against @medplum/core's structureMapTransform on
 * the same map and records, in turns; then the peak of memory for few and for many records, each in a process of its own.
 */
export async function benchMapping(print: Print, { mappingRecords }: Pick<Settings, 'mappingRecords'>): Promise<void> {
  const map = compileSharedMap();
  const parsed = parseMappingLanguage(sharedMap);
  const ours = (record: JsonObject): unknown => map.run(record).resources;
  const theirs = (record: JsonObject): unknown => structureMapTransform(parsed, [{ type: 'BackboneElement', value: record }]);
  for (let round = 0; round < 30; round += 1) records.forEach(ours);
  for (let round = 0; round < 5; round += 1) records.forEach(theirs);
  const first = await rate(ours, seconds / 2);
  const their = await rate(theirs, seconds);
  const our = (first + (await rate(ours, seconds / 2))) / 2;
  print('mapping.onestory', our, 'records/s', our / their, { of: 'ratio', atLeast: 10 });
  print('mapping.medplum', their, 'records/s');
  const [few, many] = [mappingRecords / 100, mappingRecords].map(peakMegabytes);
  print('mapping.peak.hundredth', few ?? NaN, 'MB');
  print('mapping.peak', many ?? NaN, 'MB', (many ?? NaN) / (few ?? NaN), { of: 'ratio', atMost: 1.5 });
}

/** Each size in a process of its own: a peak is never forgotten. */
function peakMegabytes(count: number): number {
  const program = fileURLToPath(new URL('mapping-memory.ts', import.meta.url));
  return Number(execFileSync(process.execPath, [program, String(count)], { encoding: 'utf8' }));
}

/** Runs `work` over the records for a while, letting other work in now and then, and counts by the processor's time: other processes do not slow that down. */
async function rate(work: (record: JsonObject) => unknown, duration: number): Promise<number> {
  let done = 0;
  const before = process.cpuUsage();
  const end = performance.now() + duration * 1_000;
  while (performance.now() < end) {
    for (const record of records.slice(0, 200)) work(record);
    done += 200;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  return (done / (user + system)) * 1_000_000;
}
