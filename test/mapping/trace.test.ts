import type { JsonObject } from '../../src/fhir/json.ts';
import type { TraceEntry } from '../../src/mapping/types.ts';
import { compiled, mapOf } from './run-map.ts';

function traceOf(text: string, source: JsonObject): TraceEntry[] {
  const result = compiled(text, { trace: true }).run(source);
  expect(result.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return result.trace ?? [];
}

/** `to <- fields`, a field with its indexes as `name[0]` */
function short(entries: TraceEntry[]): string[] {
  return entries.map(({ to, fields }) => `${to} <- ${fields.map(({ path, indexes }) => `${path}${indexes ? JSON.stringify(indexes) : ''}`).join(' ')}`);
}

const cases: [requirement: string, rules: string, source: JsonObject, trace: string[]][] = [
  ['a value has its place and its field', 'src.a as v -> tgt.birthDate = v;', { a: '1940' }, ['Patient.birthDate <- a[]']],
  ['repeats are numbered on both sides', 'src.n as n -> tgt.name as t then { n.g as g -> t.given = g; };', { n: [{ g: ['p', 'q'] }, { g: 'r' }] },
    ['Patient.name[0].given[0] <- n.g[0,0]', 'Patient.name[0].given[1] <- n.g[0,1]', 'Patient.name[1].given[0] <- n.g[1]']],
  ['equal texts are told apart', "src.a not_first as v -> tgt.name as n, n.family = v;", { a: ['x', 'x', 'x'] }, ['Patient.name[0].family <- a[1]', 'Patient.name[1].family <- a[2]']],
  ['filters keep the numbers of the source', "src.a as v where ($this != 'x') -> tgt.name as n, n.family = v;", { a: ['x', 'y', 'x', 'z'] }, ['Patient.name[0].family <- a[1]', 'Patient.name[1].family <- a[3]']],
  ['what was pruned leaves no gap', 'src.a as v -> tgt.name as n; src.a as v -> tgt.name as n, n.given = src.none, n.given = v;', { a: ['x', 'y'] }, ['Patient.name[0].given[0] <- a[0]', 'Patient.name[1].given[0] <- a[1]']],
  ['first moves the others', 'src.a as v -> tgt.name as n, n.family = v; src.b as v -> tgt.name as n first, n.family = v;', { a: 'x', b: 'y' }, ['Patient.name[0].family <- b[]', 'Patient.name[1].family <- a[]']],
  ['what was overwritten is gone', 'src.a as v -> tgt.gender = v; src.b as v -> tgt.gender = v;', { a: 'male', b: 'female' }, ['Patient.gender <- b[]']],
  ['a branch that was left is gone', 'src.a as v -> tgt.deceased = true; src.a as v -> tgt.deceased = toDate(v);', { a: '2020' }, ['Patient.deceased <- a[]']],
  ['an object copied whole is one entry, what is added to it another', "src.a as v -> tgt.name = v as n, n.given = src.b;", { a: { family: 'x', given: ['y'] }, b: 'z' }, ['Patient.name[0] <- a[]', 'Patient.name[0].given[1] <- b[]']],
  ['an extension of a primitive stands below it', "src.a as v -> tgt.birthDate = v, tgt.birthDate.extension as e, e.url = 'https://x.example';", { a: '1940' }, ['Patient.birthDate <- a[]', 'Patient.birthDate.extension[0].url <- ']],
  ['a value of several fields names them all', "src as s -> tgt.name as n, n.text = append(s.a, ' ', s.b);", { a: 'x', b: 'y' }, ['Patient.name[0].text <- a[] b[]']],
  ['of several repeats the indexes end where they differ', 'src.a as a -> tgt.name as n, n.given = (a.b);', { a: [{ b: ['x', 'y'] }] }, ['Patient.name[0].given[0] <- a.b[0]', 'Patient.name[0].given[1] <- a.b[0]']],
  ['a value is followed into a group', 'src.p as p then G(p, tgt);', { p: [{ x: 'male' }] }, ['Patient.gender <- p.x[0]']],
  ['the simple form is traced', 'src.a -> tgt.gender;', { a: 'male' }, ['Patient.gender <- a[]']],
];

describe('the trace', () => {
  it.each(cases)('%s', (_requirement, rules, source, trace) => {
    const text = mapOf(rules, 'Patient', '', 'group G(source s, target t : Patient) { s.x as v -> t.gender = v; }');
    expect(short(traceOf(text, source))).toEqual(trace);
  });

  it('names the rule, its place, and the elements it ran for', () => {
    const text = mapOf("src.a as v where ($this = 'Y') -> tgt.active = true \"alive\";");
    expect(traceOf(text, { a: ['N', 'Y'] })).toEqual([
      { resource: 0, to: 'Patient.active', at: { file: 'test.map', line: 4, column: 35 }, rule: 'alive', fields: [], firedBy: [{ path: 'a', indexes: [1] }] },
    ]);
  });

  it('counts the resources of a Bundle and leaves out what is none of them', () => {
    const text = "group M(source src, target b : Bundle) { src.a as v -> b.entry as e, e.fullUrl = 'urn:x', e.resource = create('Patient') as p, p.gender = v; }";
    expect(traceOf(text, { a: ['male', 'female'] }).map(({ resource, to }) => [resource, to])).toEqual([[0, 'Patient.gender'], [1, 'Patient.gender']]);
  });

  it('is not made unless asked for, and changes nothing', () => {
    const text = mapOf('src.a as v -> tgt.name as n, n.given = v; src.b as v -> tgt.name as n first;');
    const source = { a: ['x', 'y'], b: 'z' };
    const { trace, gaps, ...traced } = compiled(text, { trace: true }).run(source);
    expect([trace?.length, gaps]).toEqual([2, []]);
    expect(compiled(text).run(source)).toEqual(traced);
    expect(compiled(text).run(source, { trace: true })).toEqual({ trace, gaps, ...traced });
  });

  it('has no entries where the record has no resources', () => {
    expect(compiled(mapOf('src.a as v -> tgt.gender = v;'), { trace: true, maxSteps: 1 }).run({ a: ['x', 'y'] })).toMatchObject({ resources: [], trace: [] });
  });
});

describe('the targets of a map', () => {
  it('are told with their places, those of imported maps too, whether or not they are ever set', () => {
    const library = 'map "https://lib.example/one" = "L" group Lib(source s, target t) { s.a as v -> t.gender = v "lib"; }';
    const text = mapOf("src.n as n -> tgt.name as t, t.family = n;\nsrc.x -> tgt.contact as c then { src.y as y -> c.name.text = y \"who\"; };", 'Patient', 'imports "https://lib.example/one"');
    expect(compiled(text, { imports: [library] }).targets).toEqual([
      { path: 'HumanName.family', at: { file: 'test.map', line: 4, column: 30 } },
      { path: 'PatientContact.name.text', at: { file: 'test.map', line: 5, column: 48 }, rule: 'who' },
      { path: 't.gender', at: { file: 'import-0.map', line: 1, column: 81 }, rule: 'lib' },
    ]);
  });
});
