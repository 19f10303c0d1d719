import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import type { MapSyntax } from '../../src/mapping/map-syntax.ts';
import { parseFile } from '../../src/mapping/parse-file.ts';
import { parseMap } from '../../src/mapping/parse-map.ts';
import { parseStructureMap } from '../../src/mapping/structure-map/parse-structure-map.ts';
import { printMap } from '../../src/mapping/structure-map/print-map.ts';
import { structureMapFrom } from '../../src/mapping/structure-map/structure-map-from.ts';
import { compileMap } from '../../src/mapping/compile-map.ts';
import { sharedSamples } from '../shared-data.ts';
import { mapOf } from './run-map.ts';

beforeAll(() => { loadDefinitions(); });

function syntaxOf(text: string): MapSyntax {
  const { syntax, problems } = parseMap({ file: 'test.map', text });
  expect(problems).toEqual([]);
  return syntax;
}

function fromJson(json: Json): MapSyntax {
  const { syntax, problems } = parseStructureMap({ file: 'test.json', json });
  expect(problems).toEqual([]);
  return syntax;
}

/** A tree without places and texts, brackets and signs of style: what a map means. */
function meaning(part: unknown, text: string): unknown {
  if (Array.isArray(part)) return part.map((item) => meaning(item, text));
  if (typeof part !== 'object' || part === null) return part;
  const { at: _at, end: _end, text: _text, file: _file, pointers: _pointers, ...rest } = part as Record<string, unknown>;
  if (rest['kind'] === 'brackets') return meaning(rest['inner'], text);
  if (rest['kind'] === 'other-literal') return { literal: text.slice(Number(_at), Number(_end)) };
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, meaning(value, text)]));
}

const meaningOf = (syntax: MapSyntax): unknown => meaning(syntax, syntax.text);

/** Text → tree → text → tree, and text → tree → JSON → tree → text: the meaning stays, the second text is the first. */
function expectStable(text: string): void {
  const syntax = syntaxOf(text);
  const printed = printMap(syntax);
  const json = JSON.parse(JSON.stringify(structureMapFrom(syntax))) as JsonObject;
  const reread = syntaxOf(printed);
  expect(printMap(reread)).toBe(printed);
  expect(printMap(fromJson(json))).toBe(printed);
  expect(structureMapFrom(reread)).toEqual(json);
  const draft = (metadata: MapSyntax['metadata']): MapSyntax['metadata'] => metadata.filter(({ key }) => key !== 'status').sort((a, b) => a.key.localeCompare(b.key));
  const sorted = (one: MapSyntax): unknown => meaningOf({ ...one, metadata: draft(one.metadata) });
  expect(sorted(reread)).toEqual(sorted(syntax));
}

const everything = `\uFEFF/// url = 'https://x.example/map'
/// name = "Every Thing"
/// title = 'A \\'title\\''
/// description = """
several
lines"""
/// experimental = true
/// jurisdiction =
/// jurisdiction.coding =
/// jurisdiction.coding.system = 'urn:iso:std:iso:3166'
/// jurisdiction.coding.code = 'GB'
/// contact =
/// contact.name = 'A'
/// contact =
/// contact.name = 'B'
// about the source
uses "https://x.example/Source" alias Source as source;
uses "http://hl7.org/fhir/StructureDefinition/Bundle" as target // what comes out
imports "https://x.example/*"
conceptmap "cm" { prefix s = "urn:s" prefix t = "urn:t" unmapped for s = provided
  s:A - t:b s:"C d" == t:'e' s:F != t:g s:H -- s:I <= t:j s:K >= t:l s:"007" ~ t:x s:L = t:m s:M <- t:n s:N >- t:o }
let k = 'a' & 'b';
// the whole
// record
group Main(source src : Source, target bundle : Bundle) extends Base <<types>> {
  /* a rule
     with everything */
  for src.a.\`b-c\` : string 0..* default ('x') first as v where (v = 'a') and (v.exists()) check (true) log ('seen'),
    src.d default (1 + 1) as d -> bundle.entry as e share one, e.resource = create("Patient") as p, (1 + 2) as three, p.id = uuid() then G(v, p), H(v, src.x.first()) { src -> p : id, language; } "rule-name"; // at its end
  src.x default 'text' as x -> bundle.id = (x.y[0].where(z = @2024-02-03T10:00:00Z or z > 5 'mg' and 1 + -2 * 3 div 1 >= 0 implies z is System.String)) collate;
  src.l as l -> bundle.type = 'a "quoted" \\'text\\' \\\\ \\u00e9', bundle.total = -5, bundle.signature.who.display = l, bundle.language = translate(l, '#cm', 'code'), bundle.x = 1.5, bundle.y = true, bundle.z = @2024-01-01 first;
  src.n as n where "n = 'x'" -> bundle.meta = evaluate(n, a.b.upper()), bundle.link = id(k, (n.c)) as li last then { n.* as m; };
  src.o -> bundle.total;
  src.q as q then G(q, bundle) {};
} ;
group Base(source src, target bundle) <<type+>> { }`;

describe('a map as text and as StructureMap', () => {
  it('goes from one to the other and back without loss', () => {
    expectStable(everything);
  });

  it('is a valid resource of R4 where the map keeps to R4', () => {
    loadProfiles('profiles');
    const map = structureMapFrom(syntaxOf(`map "https://x.example/StructureMap/a" = "A"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias P as source
conceptmap "cm" { prefix s = "urn:s" prefix t = "urn:t" s:A == t:b s:A != t:c }
group G(source src, target tgt : Patient) {
  src.a 0..1 default 'x' first as v where (v = 'a') -> tgt.name as n share one, n.family = v, tgt.gender = translate(v, '#cm', 'code'), tgt.active = true then H(src, tgt) "first";
  src.b -> tgt.birthDate; src.c as c -> tgt.name as n single;
}
group H(source src, target tgt) { src.a as v -> tgt.x = (v.b & 'c'); }`));
    expect(validateResource(map).filter(({ severity }) => severity === undefined || severity === 'error')).toEqual([]);
  });

  it('gives a rule without a name one in JSON and takes it away in the text', () => {
    const syntax = syntaxOf(mapOf("src.a.b-as v -> tgt.id = v;".replace('b-as', 'b as')));
    expect(structureMapFrom(syntax)).toMatchObject({ group: [{ rule: [{ name: 'b' }] }] });
    expect(printMap(syntax)).toContain('  src.a.b as v -> tgt.id = v;\n');
  });

  it('keeps comments as documentation', () => {
    const syntax = syntaxOf(mapOf('// why\n  // at all\n  src.a as v -> tgt.id = v; // and so'));
    expect(structureMapFrom(syntax)).toMatchObject({ group: [{ rule: [{ documentation: 'why\nat all\nand so' }] }] });
    expect(printMap(syntax)).toContain('  // why\n  // at all\n  // and so\n  src.a as v');
  });

  it('40 the texts and resources of R4 and R5 compile to the same', () => {
    const r4Text = 'map "https://x.example/m" = "M"\ngroup G(source src, target tgt : Patient) { src.a default \'x\' as v where v = \'x\' -> tgt.name as n collate, n.family = v then H(src, tgt); }\ngroup H(source s, target t : Patient) { s.b -> t.gender; }';
    const r5Text = '/// url = \'https://x.example/m\'\n/// name = \'M\'\ngroup G(source src, target tgt : Patient) { src.a default (\'x\') as v where (v = \'x\') -> tgt.name as n single, n.family = v then H(src, tgt); }\ngroup H(source s, target t : Patient) { s.b -> t.gender; }';
    const r4Json = structureMapFrom(syntaxOf(r4Text));
    const r5Json: JsonObject = {
      resourceType: 'StructureMap', url: 'https://x.example/m', name: 'M', status: 'draft',
      group: [
        { name: 'G', input: [{ name: 'src', mode: 'source' }, { name: 'tgt', type: 'Patient', mode: 'target' }], rule: [{
          source: [{ context: 'src', element: 'a', defaultValue: "'x'", variable: 'v', condition: "v = 'x'" }],
          target: [{ context: 'tgt', element: 'name', variable: 'n', listMode: ['single'] }, { context: 'n', element: 'family', transform: 'copy', parameter: [{ valueId: 'v' }] }],
          dependent: [{ name: 'H', parameter: [{ valueId: 'src' }, { valueId: 'tgt' }] }],
        }] },
        { name: 'H', input: [{ name: 's', mode: 'source' }, { name: 't', type: 'Patient', mode: 'target' }], rule: [
          { source: [{ context: 's', element: 'b', variable: 'vvv' }], target: [{ context: 't', element: 'gender', variable: 'vvv', transform: 'create' }] },
        ] },
      ],
    };
    const printed = printMap(syntaxOf(r4Text));
    for (const syntax of [syntaxOf(r5Text), fromJson(r4Json), fromJson(r5Json)]) expect(printMap(syntax)).toBe(printed);
  });
});

describe('a StructureMap with a mistake', () => {
  const minimal = (rule: JsonObject): JsonObject => ({
    resourceType: 'StructureMap', url: 'https://x.example/m', name: 'M', status: 'draft',
    group: [{ name: 'G', typeMode: 'none', input: [{ name: 'src', mode: 'source' }, { name: 'tgt', type: 'Patient', mode: 'target' }], rule: [rule] }],
  });
  const source = { context: 'src', element: 'a', variable: 'v' };
  const refused: [what: string, rule: JsonObject, pointer: string][] = [
    ['an expression that is none', { source: [{ ...source, condition: 'true) then Other(src, tgt); src where (true' }] }, '/group/0/rule/0/source/0/condition'],
    ['half an expression', { source: [{ ...source, condition: 'v = ' }] }, '/group/0/rule/0/source/0/condition'],
    ['a member that is misspelt', { source: [{ ...source, conditon: 'false' }] }, '/group/0/rule/0/source/0/conditon'],
    ['no source', { name: 'r' }, '/group/0/rule/0'],
    ['a source without context', { source: [{ element: 'a' }] }, '/group/0/rule/0/source/0'],
    ['a list that is none', { source: 'a' }, '/group/0/rule/0/source'],
    ['a number for a text', { source: [{ ...source, element: 5 }] }, '/group/0/rule/0/source/0/element'],
    ['a default of a complex type', { source: [{ ...source, defaultValueCoding: { code: 'x' } }] }, '/group/0/rule/0/source/0/defaultValueCoding'],
    ['two list modes', { source: [source], target: [{ context: 'tgt', element: 'name', listMode: ['first', 'last'] }] }, '/group/0/rule/0/target/0/listMode'],
    ['a parameter without a value', { source: [source], target: [{ context: 'tgt', element: 'id', transform: 'copy', parameter: [{}] }] }, '/group/0/rule/0/target/0/parameter/0'],
    ['a copy of nothing', { source: [{ context: 'src', element: 'a' }], target: [{ context: 'tgt', element: 'id', transform: 'copy' }] }, '/group/0/rule/0/target/0'],
    ['a list mode nobody knows', { source: [source], target: [{ context: 'tgt', element: 'name', listMode: ['sideways'] }] }, '/group/0/rule/0/target/0'],
  ];
  it.each(refused)('is refused with its pointer: %s', (_what, rule, pointer) => {
    const { problems } = parseStructureMap({ file: 'test.json', json: minimal(rule) });
    expect(problems[0]).toMatchObject({ code: 'map-syntax', at: { file: 'test.json', pointer } });
  });

  it.each([['no object', null], ['another resource', { resourceType: 'Patient' }], ['nothing', {}], ['a list', []]])('is refused: %s', (_what, json) => {
    expect(parseStructureMap({ file: 'test.json', json })).toMatchObject({ problems: [{ code: 'map-syntax', at: { file: 'test.json', pointer: '' } }] });
  });

  it('that the compiler finds has its pointer, too', () => {
    const rule = { source: [source], target: [{ context: 'tgt', element: 'birthDate', transform: 'toDate', parameter: [{ valueId: 'v' }] }, { context: 'tgt', element: 'colour', transform: 'copy', parameter: [{ valueId: 'v' }] }] };
    const result = compileMap({ entry: { file: 'test.json', text: JSON.stringify(minimal(rule)) }, imports: [], tables: [], zone: 'Europe/London' });
    expect(result).toMatchObject({ problems: [{ code: 'unknown-element', at: { file: 'test.json', pointer: '/group/0/rule/0/target/1' } }] });
  });

  it('that a record meets has its pointer and the field', () => {
    const rule = { source: [source], target: [{ context: 'tgt', element: 'birthDate', transform: 'toDate', parameter: [{ valueId: 'v' }] }] };
    const result = compileMap({ entry: { file: 'test.json', text: JSON.stringify(minimal(rule)) }, imports: [], tables: [], zone: 'Europe/London' });
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    expect(result.map.run({ a: 'never' }).problems).toMatchObject([{ code: 'bad-date', at: { file: 'test.json', pointer: '/group/0/rule/0/target/0', field: 'a' } }]);
    expect(result.map.run({ a: '2024-05-06' }).resources).toEqual([{ resourceType: 'Patient', birthDate: '2024-05-06' }]);
  });

  it('that is not JSON is refused', () => {
    expect(compileMap({ entry: { file: 'test.json', text: '{' }, imports: [], tables: [], zone: 'Europe/London' })).toMatchObject({ problems: [{ code: 'map-syntax', at: { file: 'test.json' } }] });
  });
});

const mappings = fileURLToPath(new URL('../../mappings', import.meta.url));

describe('every map of the gateway', () => {
  const files = readdirSync(mappings, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.map'));
  it('is there', () => { expect(files.length).toBeGreaterThan(10); });
  it.each(files)('goes from text to JSON and back without loss: %s', (file) => {
    expectStable(readFileSync(join(mappings, file), 'utf8'));
  });
});

const shared = sharedSamples('');

/** Every StructureMap and every map text among the public samples; none is copied here. */
function publicMaps(): { file: string; text: string }[] {
  return shared.files(/\.(map|fml|json)$/).map((path) => ({ file: path.slice(shared.path.length + 1), text: readFileSync(path, 'utf8') }))
    .filter(({ file, text }) => !file.endsWith('.json') || /^\s*\{\s*"resourceType"\s*:\s*"StructureMap"/.test(text));
}

shared.describe('public maps', () => {
  it('are read, or refused with a place and a reason', () => {
    const maps = publicMaps();
    const refused = maps.flatMap(({ file, text }) => {
      const { syntax, problems } = parseFile({ file, text });
      if (problems.length === 0) expectStable(printMap(syntax));
      return problems.length === 0 ? [] : [[file, problems.map(({ text: reason, at }) => `${at?.pointer ?? `${at?.line}:${at?.column}`} ${reason}`)] as const];
    });
    process.stdout.write(`public maps: ${maps.length - refused.length} of ${maps.length} read; refused: ${JSON.stringify(Object.fromEntries(refused), null, 1)}\n`);
    expect(refused).toEqual([]);
  });
});
