import { mapOf, runMap } from './run-map.ts';

const entries = (rules: string, source: Parameters<typeof runMap>[1], after = ''): Record<string, string> => {
  const { ledger } = runMap(mapOf(rules, 'Patient', '', after), source);
  return Object.fromEntries(ledger.map(({ field, state, to }) => [field, to === undefined ? state : `${state} ${to}`]));
};

describe('the ledger', () => {
  it('says of every leaf where it went, whatever the index, and leaves the feed out', () => {
    const source = { feed: { key: 'uhb-adt' }, PID: { f3: [{ c1: '1', c5: 'NH' }, { c1: '2', c5: 'MR' }], f5: [{ c1: 'x', c2: 'y' }], f7: [{ c1: '1940' }] }, other: 'z' };
    const rules = "src.PID as pid then { pid.f3 as x where (x.c5 = 'NH') -> tgt.identifier = id('urn:i', x.c1); pid.f5.c1 as v -> tgt.name as n, n.family = v; pid.f7.c1 as v -> tgt.birthDate = toDate(v, 'hl7'); };";
    expect(entries(rules, source)).toEqual({
      'PID.f3.c1': 'carried Patient.identifier',
      'PID.f3.c5': 'read',
      'PID.f5.c1': 'carried Patient.name.family',
      'PID.f5.c2': 'unmapped',
      'PID.f7.c1': 'carried Patient.birthDate',
      other: 'unmapped',
    });
  });

  it('follows arguments into groups', () => {
    expect(entries('src -> tgt.name as n then Name(src.person, n);', { person: { last: 'x', first: 'y' } }, 'group Name(source p, target n : HumanName) { p.last as v -> n.family = v; }')).toEqual({
      'person.last': 'carried Patient.name.family',
      'person.first': 'unmapped',
    });
  });

  it('covers everything below an object that is copied', () => {
    expect(entries('src.n as v -> tgt.name = v;', { n: { family: 'x', given: ['y', 'z'] } })).toEqual({ 'n.family': 'carried Patient.name', 'n.given': 'carried Patient.name' });
  });

  it('covers what a primitive carries beside its value, and the branch of a choice that was there', () => {
    const before = 'uses "http://hl7.org/fhir/StructureDefinition/Patient" as source';
    const { ledger } = runMap(mapOf('src.born -> tgt.birthDate; src.multipleBirth as v -> tgt.multipleBirth = v;', 'Patient', before), { born: '1940', _born: { extension: [{ url: 'u' }] }, multipleBirthInteger: 2 });
    expect(ledger.map(({ field, state }) => `${field} ${state}`)).toEqual(['born carried', '_born.extension.url carried', 'multipleBirthInteger carried']);
  });

  it('does not take a test for existence as reading what lies below', () => {
    expect(entries('src as s where (s.n.exists()) -> tgt.active = true;', { n: { family: 'x' } })).toEqual({ 'n.family': 'unmapped' });
  });

  it('knows the parts of an expression: conditions are read, values are carried', () => {
    expect(entries("src as s -> tgt.name as n, n.family = (s.a.where(kind = 'x').value & s.b), n.text = (iif(s.c = 'y', s.d, s.e));", {
      a: [{ kind: 'x', value: '1' }], b: '2', c: 'y', d: '3', e: '4',
    })).toEqual({ 'a.kind': 'read', 'a.value': 'carried Patient.name.family', b: 'carried Patient.name.family', c: 'read', d: 'carried Patient.name.text', e: 'carried Patient.name.text' });
  });

  it('knows the parts of an expression only the library can evaluate', () => {
    expect(entries("src as s -> tgt.language = (s.a.where(kind ~ 'X').value.distinct());", { a: [{ kind: 'x', value: '1' }], b: '2' })).toEqual({ 'a.kind': 'read', 'a.value': 'carried Patient.language', b: 'unmapped' });
  });

  it('does not call carried what could not be set', () => {
    expect(entries("src.a as v -> tgt.birthDate = toDate(v); src.b as v -> tgt.active = v;", { a: 'never', b: 'text' })).toEqual({ a: 'read', b: 'read' });
  });

  it('starts anew with every record', () => {
    const text = mapOf("src.a as v where ($this = 'x') -> tgt.language = v;");
    expect(runMap(text, { a: 'x' }).ledger).toEqual([{ field: 'a', state: 'carried', to: 'Patient.language' }]);
    expect(runMap(text, { a: 'y' }).ledger).toEqual([{ field: 'a', state: 'read' }]);
  });

  it('can be left out', () => {
    expect(runMap(mapOf('src.a as v -> tgt.language = v;'), { a: 'x' }, { ledger: false }).ledger).toEqual([]);
  });
});
