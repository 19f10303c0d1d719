import fc from 'fast-check';
import { parseMap } from '../../src/mapping/parse-map.ts';
import { mapOf } from './run-map.ts';

const parse = (text: string): ReturnType<typeof parseMap> => parseMap({ file: 'test.map', text });
const positions = (text: string): string[] => parse(text).problems.map((problem) => `${problem.at?.line}:${problem.at?.column}`);

describe('the text of a map', () => {
  it('may hold everything the grammar knows', () => {
    const { syntax, problems, warnings } = parse(`\uFEFF/// url = 'https://x.example/map'
/// name = "Everything"
/// title =
/// description = """
several lines
"""
// a comment
uses "https://x.example/Source" alias Source as source;
uses "http://hl7.org/fhir/StructureDefinition/Bundle" as target
imports "https://x.example/*"
conceptmap "cm" { prefix s = "urn:s" prefix t = "urn:t" unmapped for s = provided
  s:A - t:b s:"C d" == t:'e' s:F != t:g s:H -- s:I <= t:j s:K >= t:l }
let k = 'a' & 'b';
group Main(source src : Source, target bundle : Bundle) extends Base <<types>> {
  /* a rule
     with everything */
  for src.a.\`b-c\` : string 0..* default ('x') first as v where (v = 'a') and (v.exists()) check (true) log ('seen'),
    src.d as d -> bundle.entry as e share one, e.resource = create("Patient") as p, (1 + 2) as three, p.id = uuid() then G(v, p), H(v) { src -> p : id, language; } "rule-name";
  src.x default 'text' as x -> bundle.id = (x.y[0].where(z = @2024-02-03T10:00:00Z or z > 5 'mg' and 1 + -2 * 3 div 1 >= 0 implies z is System.String)) collate;
} ;
group Base(source src, target bundle) <<type+>> { }`);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([]);
    expect(syntax).toMatchObject({ url: 'https://x.example/map', name: 'Everything', imports: [{ url: 'https://x.example/*' }] });
    expect(syntax.conceptMaps[0]?.entries.map((entry) => [entry.source, entry.usable, entry.code])).toEqual([
      ['A', true, 'b'], ['C d', true, 'e'], ['F', false, 'g'], ['H', false, ''], ['I', true, 'j'], ['K', false, 'l'],
    ]);
    expect(syntax.groups[0]?.rules[0]).toMatchObject({
      name: 'rule-name',
      sources: [{ context: 'src', path: ['a', 'b-c'], type: 'string', min: 0, max: Infinity, listMode: 'first', alias: 'v' }, { context: 'src', path: ['d'] }],
      targets: [{ context: 'bundle', path: ['entry'], alias: 'e', share: 'one' }, { alias: 'p' }, { alias: 'three' }, { path: ['id'] }],
      calls: [{ name: 'G' }, { name: 'H' }],
    });
    expect(syntax.groups[0]?.rules[0]?.block).toHaveLength(2);
  });

  it('names its map as R4 does, too', () => {
    expect(parse('map "https://x.example/a" = "A" group G(source s, target t) { }').syntax).toMatchObject({ url: 'https://x.example/a', name: 'A' });
  });

  it('warns about a condition without brackets', () => {
    expect(parse(mapOf("src.a as v where v = 'x' -> tgt.id = v;")).warnings).toEqual([expect.objectContaining({ code: 'map-style', severity: 'warning' })]);
  });

  it('tells every mistake with its place', () => {
    expect(positions(mapOf("src.a as -> tgt.id = v;\nsrc.c -> tgt.id = v\nsrc.d as v -> tgt.id = v;\nsrc.e -> ;\nsrc.b -> tgt.id = 'open;"))).toEqual(['4:10', '6:1', '7:10', '8:19', '9:1']);
    expect(parse(mapOf('src.a as v -> tgt.id = v')).problems[0]).toEqual({
      category: 'invalid', code: 'map-syntax', severity: 'error', text: 'Expected ; at the end of the rule, found }', at: { file: 'test.map', line: 5, column: 1 },
    });
  });

  it('may have banners, empty comments and metadata of any kind', () => {
    const { syntax, problems } = parse('//////////\n//\n/// url = "u"\n//// name = "no"\n/// experimental = true\n/// version = 1.0\n/// contact =\nmap "u" = n\n//\ngroup G(source s, target t) {\n//\n s.a -> t.b; /// not = metadata\n}');
    expect(problems).toEqual([]);
    expect(syntax).toMatchObject({ url: 'u', name: 'n', metadata: [{ key: 'experimental', value: 'true' }, { key: 'version', value: '1.0' }, { key: 'contact', value: '' }] });
    expect(syntax.groups[0]?.rules).toHaveLength(1);
  });

  const refused: [string, string][] = [
    ['nothing', ''],
    ['no group', 'map "a" = "b"'],
    ['a comment without end', 'group G(source s, target t) { } /* open'],
    ['an unknown escape', mapOf("src.a as v -> tgt.id = 'a\\q';")],
    ['share without a label', mapOf('src.a as v -> tgt.name as n share;')],
    ['two list modes', mapOf('src.a as v -> tgt.name as n first last;')],
    ['a minimum above the maximum', mapOf('src.a 2..1 as v -> tgt.id = v;')],
    ['# in the declaration of a concept map', 'conceptmap "#a" { } group G(source s, target t) { }'],
    ['an undeclared prefix', 'conceptmap "a" { s:A == t:B } group G(source s, target t) { }'],
    ['__proto__ as a variable', mapOf('src.a as __proto__ -> tgt.id = __proto__;')],
    ['__proto__ as an element', mapOf('src.__proto__ as v -> tgt.id = v;')],
    ['__proto__ in an expression', mapOf('src.a as v -> tgt.id = (v.__proto__);')],
    ['the syntax of R3', 'group for types G\n input "s" as source\nendgroup'],
    ['a search', mapOf('search(a) as v -> tgt.id = v;')],
    ['an unknown mode', 'uses "a" as guest group G(source s, target t) { }'],
    ['brackets without end', mapOf(`src.a as v -> tgt.id = ${'('.repeat(100_000)};`)],
    ['blocks without end', mapOf('src.a as v then {'.repeat(10_000))],
  ];
  it.each(refused)('is refused: %s', (_what, text) => {
    expect(parse(text).problems.length).toBeGreaterThan(0);
  });

  const pieces = ['group', 'G', '(', ')', '{', '}', 'source', 'target', 'src', 'tgt', '.', '->', 'as', 'then', 'where', ';', ',', "'x'", '"y"', "'", '"', '`', '///', '//', '/*', '1', '..', '*', '=', '==', '<<', '>>', 'types', 'let', 'map', 'uses', 'conceptmap', 'prefix', 'default', '%', '$this', '@2024', '\\', '\n', '\u0000', '\uFEFF', 'é', '__proto__', '[', ']', '+', '-', '|', 'is', 'in', 'imports', '#'];
  it('never throws or hangs, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(' '))), (text) => {
        for (const problem of parse(text).problems) expect(problem.at?.line).toBeGreaterThan(0);
      }),
      { numRuns: 3_000 },
    );
  });
});
