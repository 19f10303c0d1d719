import { conceptMapOf } from '../../src/mapping/concept-map-of.ts';
import { readTable } from '../../src/mapping/read-table.ts';
import { tableFromCsv } from '../../src/mapping/table-from-csv.ts';
import type { CodeTable } from '../../src/mapping/types.ts';
import { compileProblems, mapOf, runMap } from './run-map.ts';

function table(name: string, text: string): CodeTable {
  const result = tableFromCsv(name, text, `tables/${name}.csv`);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.table;
}

const sex = table('sex', 'source,system,code,display,note\r\nM,http://hl7.org/fhir/administrative-gender,male,Male,\r\nF,http://hl7.org/fhir/administrative-gender,female,,"a note, with a comma"\r\n');
const route = table('route.loose', 'source,system,code,display,note\nDiversion from Hospital Services,urn:route,hospital-diversion,Diversion,\n*,urn:route,other,Other,\n');

it('a table is a ConceptMap, with its last resort also where no other row goes to that system', () => {
  const apart = table('apart', 'source,system,code,display,note\nA,urn:a,1,One,\n*,urn:other,9,,\n');
  expect(conceptMapOf(apart)).toEqual({ resourceType: 'ConceptMap', group: [
    { target: 'urn:a', element: [{ code: 'A', target: [{ code: '1', display: 'One', equivalence: 'equivalent' }] }] },
    { target: 'urn:other', element: [{ code: '*', target: [{ code: '9', equivalence: 'equivalent' }] }], unmapped: { mode: 'fixed', code: '9' } }] });
  expect(conceptMapOf(route)).toMatchObject({ group: [{ element: [{ code: 'diversion from hospital services' }], unmapped: { mode: 'fixed', code: 'other' } }] });
});

describe('translate', () => {
  const outputs: [output: string, rules: string, gives: unknown][] = [
    ['code', "tgt.language = translate(v, '#sex', 'code')", { language: 'male' }],
    ['system', "tgt.implicitRules = translate(v, 'sex', 'system')", { implicitRules: 'http://hl7.org/fhir/administrative-gender' }],
    ['display', "tgt.language = translate(v, 'sex', 'display')", { language: 'Male' }],
    ['Coding', "tgt.meta as m, m.tag = translate(v, 'sex', 'Coding')", { meta: { tag: [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'male', display: 'Male' }] } }],
    ['CodeableConcept', "tgt.maritalStatus = translate(v, 'sex', 'CodeableConcept')", { maritalStatus: { coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'male', display: 'Male' }] } }],
    ['what the element is, a code', "tgt.gender = translate(v, 'sex')", { gender: 'male' }],
    ['what the element is, a concept', "tgt.maritalStatus = translate(v, 'sex')", { maritalStatus: { coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'male', display: 'Male' }] } }],
    ['the branch of a choice', "tgt.extension as e, e.value = translate(v, 'sex', 'Coding')", { extension: [{ valueCoding: { system: 'http://hl7.org/fhir/administrative-gender', code: 'male', display: 'Male' } }] }],
  ];
  it.each(outputs)('gives %s', (_output, target, gives) => {
    const { resource, problems } = runMap(mapOf(`src.a as v -> ${target};`), { a: ' M ' }, { tables: [sex] });
    expect(problems).toEqual([]);
    expect(resource).toEqual({ resourceType: 'Patient', ...(gives as object) });
  });

  it('warns of a code that is in no row, names table and field and not the value', () => {
    const { resource, problems } = runMap(mapOf("src.PID.f8 as v -> tgt.gender = translate(v, '#sex', 'code');"), { PID: { f8: 'Zebra' } }, { tables: [sex] });
    expect(resource).toEqual({ resourceType: 'Patient' });
    expect(problems).toEqual([{
      category: 'unprocessable', code: 'code-not-in-table', severity: 'warning', text: 'No row of tables/sex.csv has the code this field holds',
      at: { file: 'test.map', line: 4, column: 33, field: 'PID.f8' },
    }]);
  });

  it.each(['diversion from hospital services', 'Diversion from Hospital Services', 'DIVERSION - from: hospital  services.'])('compares loosely where the table says so: %s', (a) => {
    expect(runMap(mapOf("src.a as v -> tgt.language = translate(v, 'route.loose', 'code');"), { a }, { tables: [route] }).resource).toMatchObject({ language: 'hospital-diversion' });
  });

  it('uses the fallback where no row matches', () => {
    expect(runMap(mapOf("src.a as v -> tgt.language = translate(v, 'route.loose', 'code');"), { a: 'x' }, { tables: [route] })).toMatchObject({ resource: { language: 'other' }, problems: [] });
  });

  it('knows only the tables of its kind', () => {
    expect(compileProblems(mapOf("src.a as v -> tgt.gender = translate(v, '#toString', 'code');"), { tables: [sex] })).toEqual(['unknown-table 4:28']);
  });
});

describe('a code table', () => {
  const refused: [what: string, text: string, lines: number[]][] = [
    ['another header', 'from,to\na,b\n', [1, 2]],
    ['no header', '', [1]],
    ['a row without code', 'source,system,code,display,note\nM,urn:s,,,\n', [2]],
    ['a source given twice', 'source,system,code,display,note\nM,urn:s,a,,\nF,urn:s,b,,\nM,urn:s,c,,\n', [4]],
    ['two fallbacks', 'source,system,code,display,note\n*,urn:s,a,,\n*,urn:s,b,,\n', [3]],
    ['an unquoted comma', 'source,system,code,display,note\nM,urn:s,a,Male, or so,\n', [2]],
    ['an open quote', 'source,system,code,display,note\n"M,urn:s,a,,\n', [2]],
    ['every mistake', 'source,system,code,display,note\nM,urn s,a,,\n,urn:s,b,,\n', [2, 3]],
  ];
  it.each(refused)('is refused with its lines: %s', (_what, text, lines) => {
    const result = tableFromCsv('t', text, 'tables/t.csv');
    expect('problems' in result ? result.problems.map(({ code, at }) => [code, at]) : []).toEqual(lines.map((line) => ['code-table', { file: 'tables/t.csv', line }]));
  });

  it('may begin with a byte order mark and have short rows', () => {
    expect(table('t', '\uFEFFsource,system,code,display,note\nM,urn:s,male\n').rows.get('M')).toEqual({ system: 'urn:s', code: 'male', display: '' });
  });
});

describe('a ConceptMap as a code table', () => {
  const read = (group: object[], name = 't'): ReturnType<typeof readTable> =>
    readTable({ name, file: `tables/${name}.json`, text: JSON.stringify({ resourceType: 'ConceptMap', status: 'draft', group }) });
  const target = (code: string, equivalence?: string): object => ({ code, ...(equivalence === undefined ? {} : { equivalence }) });
  const element = (code: string, ...targets: object[]): object => ({ code, target: targets });

  function run(group: object[], a: string): ReturnType<typeof runMap> {
    const result = read(group);
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    return runMap(mapOf("src.a as v -> tgt.language = translate(v, '#t', 'code');"), { a }, { tables: [result.table] });
  }

  const sexes = [{ source: 'urn:s', target: 'urn:t', element: [element('M', target('boy', 'disjoint'), target('male', 'equal')), element('F', target('female', 'wider')), element('X', target('girl', 'narrower')), { code: 'N', target: [{ equivalence: 'unmatched' }] }] }];
  it.each([['M', 'male'], ['F', 'female']])('translates %s', (a, language) => {
    expect(run(sexes, a)).toMatchObject({ resource: { language }, problems: [] });
  });
  it.each(['X', 'N'])('knows that nothing stands for %s', (a) => {
    expect(run(sexes, a)).toMatchObject({ problems: [{ code: 'code-not-usable', severity: 'error', text: 'tables/t.json has no equivalent for the code this field holds' }] });
  });
  it('warns of a code it does not know', () => {
    expect(run(sexes, 'Z').codes).toEqual(['code-not-in-table']);
  });
  it('understands the relationships of R5', () => {
    expect(run([{ target: 'urn:t', element: [{ code: 'M', target: [{ code: 'male', relationship: 'source-is-narrower-than-target' }] }] }], 'M').resource).toMatchObject({ language: 'male' });
  });
  it.each<[string, object, string]>([['a fixed code', { mode: 'fixed', code: 'other' }, 'other'], ['the code itself', { mode: 'provided' }, 'Z']])('gives %s for what is not mapped where it says so', (_what, unmapped, language) => {
    expect(run([{ target: 'urn:t', element: [], unmapped }], 'Z')).toMatchObject({ resource: { language }, problems: [] });
  });
  it('compares loosely by its name', () => {
    const result = read([{ element: [element('Own Home', target('home'))] }], 'place.loose');
    expect('table' in result && result.table.rows.get('own home')).toEqual({ system: '', code: 'home', display: '' });
  });

  it.each<[string, object[], string]>([
    ['two usable targets', [{ element: [element('M', target('a'), target('b'))] }], '/group/0/element/0'],
    ['a code mapped twice', [{ element: [element('M', target('a')), element('M', target('a'))] }], '/group/0/element/1'],
    ['an unknown relationship', [{ element: [element('M', target('a', 'similar'))] }], '/group/0/element/0/target/0'],
    ['a target without a code', [{ element: [element('M', {})] }], '/group/0/element/0/target/0'],
    ['a target that depends on more', [{ element: [element('M', { code: 'a', dependsOn: [{}] })] }], '/group/0/element/0/target/0'],
    ['another map for the rest', [{ unmapped: { mode: 'other-map', url: 'urn:x' } }], '/group/0/unmapped'],
  ])('is refused with its pointer: %s', (_what, group, pointer) => {
    expect(read(group)).toMatchObject({ problems: [{ code: 'code-table', at: { file: 'tables/t.json', pointer } }] });
  });
  it.each(['', '{}', '[]', '{"resourceType":"Patient"}'])('is refused when it is another thing: %s', (text) => {
    expect(readTable({ name: 't', file: 'tables/t.json', text })).toMatchObject({ problems: [{ code: 'code-table', at: { file: 'tables/t.json', pointer: '' } }] });
  });
});
