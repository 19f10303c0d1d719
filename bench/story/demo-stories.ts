import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { cldColumns } from '../../src/demo/cld-columns.ts';
import { csvHeader } from '../../src/demo/csv.ts';
import { personAt } from '../../src/demo/generate-people.ts';
import type { Person } from '../../src/demo/person.ts';
import { rioColumns } from '../../src/demo/rio-columns.ts';
import { adtMessages } from '../../src/demo/write-adt.ts';
import { cldRows } from '../../src/demo/write-cld.ts';
import { refMessages } from '../../src/demo/write-ref.ts';
import { rioRows } from '../../src/demo/write-rio.ts';
import { textOf, type JsonObject } from '../../src/fhir/json.ts';
import { compileMaps } from '../../src/flow/intake/compile-maps.ts';
import { mapSource } from '../../src/flow/mapping/map-source.ts';
import { ownName, resolveReferences } from '../../src/flow/intake/name-resource.ts';
import { loadMappings, type Mappings } from '../../src/intake/load-mappings.ts';
import type { Feed } from '../../src/intake/types.ts';
import type { CompiledMap } from '../../src/mapping/types.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import { hearOf, type HeardEvent } from './hear-of.ts';

/** A demo person and every record their partners' files become, as if one caller might see all of it; and which of them are of one stay or plan. */
export interface DemoStory {
  person: Person;
  rows: StoryRow[];
  heard: HeardEvent[];
}

/** Maps what the partners say of drawn people, without a database: ids and references as intake would make them. */
export async function* demoStories(seed: number, from: number, until: number): AsyncGenerator<DemoStory> {
  const mappings = loadMappings(join(import.meta.dirname, '../../mappings'));
  if ('problems' in mappings) throw new Error(JSON.stringify(mappings.problems));
  const partners = new Set([...mappings.partners, ...mappings.directory].map(({ organisation }) => organisation));
  const mapper = mapperOf(mappings);
  for (let index = from; index < until; index += 1) {
    const person = personAt({ seed, citizens: until }, index);
    const rows = new Map<string, StoryRow>();
    const take = async ([feedKey, part, content]: DemoFile): Promise<void> => {
      for (const { feed, resource } of await mapper(feedKey, part, content)) {
        const row = rowOf(feed, resource, partners);
        rows.set(row.id, row);
      }
    };
    for (const file of filesOf(seed, person)) await take(file);
    const { transaction, heard } = hearOf(seed, person, [...rows.values()]);
    if (heard.length > 0) await take(['roh-fhir', '', transaction]);
    yield { person, rows: [...rows.values()].filter(({ type }) => type !== 'Patient'), heard };
  }
}

type DemoFile = [feed: string, part: string, content: string];

function filesOf(seed: number, person: Person): DemoFile[] {
  const rio = (['bchc', 'bsmhft'] as const).flatMap((partner) => (['referral', 'care-plan', 'cpa', 'inpatient'] as const).map((part): [string, string, string[], string] =>
    [`${partner}-rio`, part, rioRows(partner, part, person), csvHeader(rioColumns[part])]));
  const files: [string, string, string[], string][] = [
    ['uhb-adt', '', adtMessages(seed, person).map(({ text }) => text), ''], ['uhb-ref', '', refMessages(seed, person).map(({ text }) => text), ''],
    ['bcc-cld', '', cldRows(person, { start: '2000-01-01', end: '2100-01-01' }), csvHeader(cldColumns)], ...rio,
  ];
  return files.flatMap(([feed, part, lines, header]) => (lines.length === 0 ? [] : [[feed, part, header + lines.join('')]]));
}

function mapperOf(mappings: Mappings): (feedKey: string, part: string, content: string) => Promise<{ feed: Feed; resource: JsonObject }[]> {
  const compiled = new Map<string, ReadonlyMap<string, CompiledMap>>();
  return async (feedKey, partName, content) => {
    const feed = mappings.feeds.find(({ key }) => key === feedKey);
    const kind = feed && mappings.kinds.get(feed.kind);
    const part = kind?.parts.find(({ name }) => name === partName);
    if (!feed || !kind || !part) throw new Error(`no feed ${feedKey}/${partName}`);
    const maps = compiled.get(feedKey) ?? compileMaps(kind, mappings.files(kind.name, feed.partner.partnerKey)).maps;
    compiled.set(feedKey, maps);
    const mapped = await mapSource({ kind, feed, part, bytes: new TextEncoder().encode(content) }, ({ name }) => {
      const map = maps.get(name);
      if (!map) throw new Error(`no map of ${feedKey}/${name}`);
      return map;
    });
    return mapped.rows.flatMap(({ result }) => (result?.resources ?? []).map((resource) => ({ feed, resource })));
  };
}

function rowOf({ partner }: Feed, mapped: JsonObject, partners: ReadonlySet<string>): StoryRow {
  const own = ownName(mapped, partner.identifierBase);
  const id = own ? idOf(own.type, own.system, own.value) : idOf('', '', JSON.stringify(mapped));
  const resource = resolveReferences(mapped, (type, system, value) => {
    if (system.startsWith(`${partner.identifierBase}/`)) return { reference: `${type}/${idOf(type, system, value)}` };
    return partners.has(`${system}|${value}`) ? { reference: `Organization/${idOf('Organization', system, value)}` } : undefined;
  }) as JsonObject;
  const [system = '', value = ''] = partner.organisation.split('|');
  return {
    id, type: textOf(mapped['resourceType']), version: 1, custodian: partner.organisation, custodianName: partner.name, custodianReference: `Organization/${idOf('Organization', system, value)}`,
    updatedAt: '2026-07-01T00:00:00.000Z', resource: { ...resource, id } as unknown as Resource,
  };
}

function idOf(...names: string[]): string {
  return createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 32);
}
