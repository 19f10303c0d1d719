import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadMappings } from '../../src/intake/load-mappings.ts';
import { mappings } from './adt.ts';

const good: Record<string, string> = {
  'partners.yaml': `
identifierBase: https://fhir.bicp.example/Id
partners:
  - { partnerKey: bchc, name: Community, organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RYW' }
  - { partnerKey: bsmhft, name: Mental health, organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RXT' }
`,
  'feeds.yaml': `
feeds:
  - { key: bchc-sheet, kind: sheet, partner: bchc, title: A sheet, system: Sheets }
  - { key: bsmhft-sheet, kind: sheet, partner: bsmhft, title: A sheet, system: Sheets }
`,
  'sheet/kind.json': JSON.stringify({
    name: 'sheet', title: 'A sheet', format: 'csv', update: 'snapshot', zone: 'Europe/London', limits: { maxBytes: 10, maxRows: 10 },
    parts: [{ name: 'client', map: 'client.map', schema: 'client.schema.json' }], categories: [{ type: 'Patient', category: 'identity' }],
  }),
  'sheet/client.schema.json': JSON.stringify({ columns: [{ header: 'Client ID', name: 'clientId', personKey: true }] }),
  'sheet/client.map': '// map',
  'sheet/shared.map': '// shared',
  'sheet/tables/sex.csv': 'source,system,code,display,note\nM,,male,Male,\n',
  'sheet/tables/team.csv': 'source,system,code,display,note\n',
  'sheet/partners/bchc/tables/team.csv': 'source,system,code,display,note\nT1,,district-nursing,,\n',
  'sheet/dropped.csv': 'field,reason,approvedBy,date\nnote,Not needed,Information governance lead,2026-01-12\n',
};

/** The sheet as two tables that hang together as told. */
function relations(told: object[]): Record<string, string> {
  const kind = JSON.parse(good['sheet/kind.json'] ?? '') as { parts: object[] };
  return {
    'sheet/kind.json': JSON.stringify({ ...kind, parts: [{ ...kind.parts[0], relations: told }, { name: 'note', map: 'client.map', schema: 'note.schema.json' }] }),
    'sheet/client.schema.json': JSON.stringify({ columns: [{ header: 'Client ID', name: 'clientId', personKey: true }, { header: 'Note ID', name: 'noteId' }] }),
    'sheet/note.schema.json': JSON.stringify({ columns: [{ header: 'Note ID', name: 'noteId', personKey: true }] }),
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mappings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(changes: Record<string, string | null> = {}): ReturnType<typeof loadMappings> {
  for (const [file, text] of Object.entries({ ...good, ...changes })) {
    if (text === null) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return loadMappings(folder);
}

describe('the mappings folder', () => {
  it('is loaded with its partners, feeds and kinds', () => {
    const loaded = load();
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.feeds.map((feed) => [feed.key, feed.partner.identifierBase])).toEqual([
      ['bchc-sheet', 'https://fhir.bicp.example/Id/bchc'], ['bsmhft-sheet', 'https://fhir.bicp.example/Id/bsmhft'],
    ]);
    expect(loaded.kinds.get('sheet')?.parts).toEqual([{ name: 'client', map: 'client.map', columns: [{ header: 'Client ID', name: 'clientId', personKey: true }] }]);
    expect(loaded.dropped('sheet')).toMatchObject([{ field: 'note', date: '2026-01-12' }]);
    expect(loaded.files('sheet', 'bchc').maps.map((map) => map.file)).toEqual(['client.map', 'shared.map']);
  });

  it('lets a partner\'s own table replace the shared one of the same name', () => {
    const loaded = load();
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    const tables = (partner: string) => loaded.files('sheet', partner).tables.map((table) => [table.name, table.file]);
    expect(tables('bchc')).toEqual([['sex', 'tables/sex.csv'], ['team', 'partners/bchc/tables/team.csv']]);
    expect(tables('bsmhft')).toEqual([['sex', 'tables/sex.csv'], ['team', 'tables/team.csv']]);
  });

  it('takes StructureMaps for maps and ConceptMaps for tables', () => {
    const loaded = load({ 'sheet/client.map': null, 'sheet/client.json': '{}', 'sheet/partners/bsmhft/tables/team.json': '{}', 'sheet/kind.json': good['sheet/kind.json']?.replace('client.map', 'client.json') ?? '' });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    const { maps, tables } = loaded.files('sheet', 'bsmhft');
    expect(maps.map(({ file }) => file)).toEqual(['client.json', 'shared.map']);
    expect(tables.map(({ name, file }) => [name, file])).toEqual([['sex', 'tables/sex.csv'], ['team', 'partners/bsmhft/tables/team.json']]);
  });

  it('refuses one table in two forms', () => {
    expect(load({ 'sheet/tables/sex.json': '{}' })).toMatchObject({ problems: [{ at: { file: 'sheet/tables/sex.json' }, text: 'A table of this name is there as CSV, too.' }] });
  });

  const kind = JSON.parse(good['sheet/kind.json'] ?? '') as object;
  it.each<[string, Record<string, string | null>, string, string | undefined, RegExp]>([
    ['a missing file', { 'feeds.yaml': null }, 'feeds.yaml', undefined, /missing/],
    ['YAML that cannot be parsed', { 'feeds.yaml': 'feeds: [' }, 'feeds.yaml', undefined, /./],
    ['a key given twice', { 'feeds.yaml': 'feeds: []\nfeeds: []' }, 'feeds.yaml', undefined, /unique/],
    ['a feed of an unknown partner', { 'feeds.yaml': 'feeds: [{ key: x-sheet, kind: sheet, partner: x, title: X, system: X }]' }, 'feeds.yaml', '/feeds/0/partner', /not in partners/],
    ['a feed that does not say which system it comes from', { 'feeds.yaml': 'feeds: [{ key: bchc-sheet, kind: sheet, partner: bchc, title: X }]' }, 'feeds.yaml', '/feeds/0', /system/],
    ['a feed of an unknown kind', { 'feeds.yaml': 'feeds: [{ key: bchc-x, kind: x, partner: bchc, title: X, system: X }]' }, 'feeds.yaml', '/feeds/0/kind', /no usable kind/],
    ['a feed named for another partner', { 'feeds.yaml': 'feeds: [{ key: uhb-sheet, kind: sheet, partner: bchc, title: X, system: X }]' }, 'feeds.yaml', '/feeds/0/key', /bchc-/],
    ['an organisation without its system', { 'partners.yaml': 'identifierBase: https://x\npartners: [{ partnerKey: bchc, name: C, organisation: RYW }]' }, 'partners.yaml', '/partners/0/organisation', /pattern/],
    ['an unknown category', { 'sheet/kind.json': JSON.stringify({ ...kind, categories: [{ type: 'Patient', category: 'identty' }] }) }, 'sheet/kind.json', '/categories/0/category', /identity/],
    ['an unknown property', { 'sheet/kind.json': JSON.stringify({ ...kind, zones: 'x' }) }, 'sheet/kind.json', '/', /zones/],
    ['a kind named unlike its folder', { 'sheet/kind.json': JSON.stringify({ ...kind, name: 'sheets' }) }, 'sheet/kind.json', '/name', /folder/],
    ['a kind that shares with none', { 'sheet/kind.json': JSON.stringify({ ...kind, shares: ['other'] }) }, 'sheet/kind.json', '/shares', /no other kind "other"/],
    ['a kind that shares with itself', { 'sheet/kind.json': JSON.stringify({ ...kind, shares: ['sheet'] }) }, 'sheet/kind.json', '/shares', /no other kind/],
    ['patches that say nothing of what they are folded under', { 'sheet/kind.json': JSON.stringify({ ...kind, update: 'patch' }) }, 'sheet/client.schema.json', '/fold', /folded under/],
    ['a source asked for people by a kind that cannot', { 'feeds.yaml': 'feeds: [{ key: bchc-sheet, kind: sheet, partner: bchc, title: X, system: X, pull: { base: "https://x.example/fhir", peoplePerPull: 5, everySeconds: 60 } }]' }, 'feeds.yaml', '/feeds/0/pull/peoplePerPull', /perPerson/],
    ['a source by the national proxy that is asked by query', { 'feeds.yaml': 'feeds: [{ key: bchc-sheet, kind: sheet, partner: bchc, title: X, system: X, pull: { base: "https://x.example/fhir", query: Bundle, everySeconds: 60, spine: { from: "200000000359", to: "200000000359" } } }]' }, 'feeds.yaml', '/feeds/0/pull/spine', /person by person/],
    ['a number of a system that is none', { 'feeds.yaml': 'feeds: [{ key: bchc-sheet, kind: sheet, partner: bchc, title: X, system: X, pull: { base: "https://x.example/fhir", peoplePerPull: 5, everySeconds: 60, spine: { from: "x", to: "200000000359" } } }]' }, 'feeds.yaml', '/feeds/0/pull/spine/from', /./],
    ['a source asked both ways', { 'feeds.yaml': 'feeds: [{ key: bchc-sheet, kind: sheet, partner: bchc, title: X, system: X, pull: { base: "https://x.example/fhir", query: Bundle, peoplePerPull: 5, everySeconds: 60 } }]' }, 'feeds.yaml', '/feeds/0/pull', /./],
    ['a folder of tables of a kind that takes no packages', { 'sheet/kind.json': JSON.stringify({ ...kind, complete: 'DONE*.txt' }) }, 'sheet/kind.json', '/complete', /package/],
    ['a map that is not there', { 'sheet/client.map': null }, 'sheet/kind.json', '/parts', /client\.map/],
    ['a schema without person key', { 'sheet/client.schema.json': JSON.stringify({ columns: [{ header: 'A', name: 'a' }] }) }, 'sheet/kind.json', '/parts', /personKey/],
    ['a relation with a part that is not there', relations([{ part: 'visit', by: ['clientId'], rows: 'many', as: 'visits' }]), 'sheet/kind.json', '/parts', /no part "visit"/],
    ['a relation by a column only one table has', relations([{ part: 'note', by: ['clientId'], rows: 'many', as: 'notes' }]), 'sheet/kind.json', '/parts', /"clientId" is not a column of both/],
    ['a relation without a branch', relations([{ part: 'note', by: ['noteId'], rows: 'many' }]), 'sheet/kind.json', '/parts', /need a branch/],
    ['a branch named like a column', relations([{ part: 'note', by: ['noteId'], rows: 'many', as: 'noteId' }]), 'sheet/kind.json', '/parts', /"noteId" is there twice/],
    ['a part that is read with others and has no file name', relations([{ part: 'note', by: ['noteId'], rows: 'many', as: 'notes' }]), 'sheet/kind.json', '/parts', /file name/],
    ['a column that must have a value and may be absent', { 'sheet/client.schema.json': JSON.stringify({ columns: [{ header: 'A', name: 'a', personKey: true, optional: true }] }) }, 'sheet/client.schema.json', '/columns', /must have a value/],
    ['rows put in order by a name', { 'sheet/client.schema.json': JSON.stringify({ asOf: ['a'], columns: [{ header: 'A', name: 'a', personKey: true }] }) }, 'sheet/client.schema.json', '/asOf', /dates, times or whole numbers/],
    ['a column name given twice', { 'sheet/client.schema.json': JSON.stringify({ columns: [{ header: 'A', name: 'a', personKey: true }, { header: 'B', name: 'a' }] }) }, 'sheet/client.schema.json', '/columns', /twice/],
    ['a table with another header', { 'sheet/tables/sex.csv': 'source,code\nM,male\n' }, 'sheet/tables/sex.csv', undefined, /header/],
    ['a dropped field nobody approved', { 'sheet/dropped.csv': 'field,reason,approvedBy,date\nnote,Not needed,,2026-01-12\n' }, 'sheet/dropped.csv', undefined, /approved/],
  ])('is refused for %s', (_, changes, file, pointer, text) => {
    const loaded = load(changes);
    const problems = 'problems' in loaded ? loaded.problems : [];
    expect(problems).toContainEqual(expect.objectContaining({ text: expect.stringMatching(text) as string, at: expect.objectContaining({ file, ...(pointer === undefined ? {} : { pointer }) }) as object }));
  });

  it('reports the mistakes of all files at once', () => {
    const loaded = load({ 'partners.yaml': 'partners: []', 'sheet/tables/sex.csv': 'x\n', 'sheet/client.map': null });
    expect('problems' in loaded && [...new Set(loaded.problems.map((problem) => problem.at?.file))].sort()).toEqual(['feeds.yaml', 'partners.yaml', 'sheet/kind.json', 'sheet/tables/sex.csv']);
  });
});

describe('a kind that shares with another', () => {
  it('has its maps and tables, its own before them', () => {
    const loaded = load({
      'note/kind.json': JSON.stringify({ ...JSON.parse(good['sheet/kind.json'] ?? '') as object, name: 'note', shares: ['sheet'] }),
      'note/client.map': 'map "note" = note', 'note/client.schema.json': good['sheet/client.schema.json'] ?? '', 'note/tables/sex.csv': good['sheet/tables/sex.csv'] ?? '',
    });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    const { maps, tables } = loaded.files('note', 'bchc');
    expect(maps.map(({ file }) => file)).toEqual(['client.map', '../sheet/client.map', '../sheet/shared.map']);
    expect(new Map(tables.map(({ name, file }) => [name, file]))).toEqual(new Map([['sex', 'tables/sex.csv'], ['team', '../sheet/partners/bchc/tables/team.csv']]));
  });
});

describe('the mappings of this repository', () => {
  it('load without a mistake and name the first feeds', () => {
    expect(mappings().feeds.map((feed) => feed.key)).toEqual(expect.arrayContaining(['uhb-adt', 'bcc-cld', 'bsmhft-rio', 'bchc-rio']));
  });
});
