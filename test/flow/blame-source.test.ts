import type { JsonObject } from '../../src/fhir/json.ts';
import type { Position } from '../../src/fhir/problem.ts';
import { blameSource } from '../../src/flow/intake/blame-source.ts';
import { compiled, mapOf } from '../mapping/run-map.ts';

/** What validation finds in a resource, told of the source it was made of. */

type Told = Position & { fix?: string };

interface Case {
  what: string;
  rules: string;
  source: JsonObject;
  element: string;
  /** default: what is there is wrong */
  code?: string;
  told: Told;
}

const at = (column: number, place: Position): Position => ({ file: 'test.map', line: 4, column, ...place });
const table = { name: 'sex', rows: new Map([['M', { system: '', code: 'male', display: '' }]]) };

const cases: Case[] = [
  { what: 'a field that gave the element', rules: 'src.born as v -> tgt.birthDate = v;', source: { born: '2999-01-01' }, element: 'Patient.birthDate', told: { ...at(18, { field: 'born' }), fix: 'BORN gave Patient.birthDate.' } },
  { what: 'which repeat of it', rules: 'src.kin as k -> tgt.contact as c then { k.sex as v -> c.gender = v; };', source: { kin: [{ sex: 'male' }, { sex: 'Q' }] }, element: 'Patient.contact[1].gender',
    told: { ...at(55, { field: 'kin.sex', pointer: '/kin/1/sex' }), fix: 'KIN.SEX gave Patient.contact[1].gender.' } },
  { what: 'every field of what was made of several', rules: 'src -> tgt.contact as c then { src.a as a -> c.period as p, p.start = a; src.b as b -> c.period as p, p.end = b; };', source: { a: '2024-02-01', b: '2024-01-01' }, element: 'Patient.contact[0].period',
    told: { ...at(103, { field: 'a' }), fix: 'A and B gave Patient.contact[0].period.' } },
  { what: 'a branch of a choice', rules: 'src.died as v -> tgt.deceased = toDate(v);', source: { died: '2024-01-01' }, element: 'Patient.deceasedDateTime', told: { ...at(18, { field: 'died' }), fix: 'DIED gave Patient.deceasedDateTime.' } },
  { what: 'the member of an object that was copied whole', rules: 'src.name as v -> tgt.name = v;', source: { name: [{ family: 'x' }, { use: 'Q' }] }, element: 'Patient.name[1].use', told: { ...at(18, { field: 'name.use', pointer: '/name/1/use' }), fix: 'NAME.USE gave Patient.name[1].use.' } },
  { what: 'what such an object lacks', rules: 'src.link as v -> tgt.link = v;', source: { link: [{ type: 'refer' }] }, element: 'Patient.link[0].other', code: 'element-missing',
    told: { ...at(18, { field: 'link.other', pointer: '/link/0' }), fix: 'Patient.link[0].other is taken from LINK.OTHER, which gave nothing.' } },
  { what: 'what the map says itself', rules: "src.a as v where ($this = 'Y') -> tgt.gender = 'Q';", source: { a: 'Y' }, element: 'Patient.gender', told: { ...at(35, {}), fix: 'The map itself says Patient.gender, where it meets A.' } },
  { what: 'a field that was not sent', rules: 'src.born as v -> tgt.birthDate = v;', source: { a: 'x' }, element: 'Patient.birthDate', code: 'profile-missing', told: { ...at(18, { field: 'born' }), fix: 'Patient.birthDate is taken from BORN, which gave nothing.' } },
  { what: 'a field a condition leaves aside, below what was made', rules: "src.kin as k -> tgt.contact as c, c.gender = 'male' then { k.org as o where ($this != '?') -> c.organization as r, r.display = o; };", source: { kin: [{ a: 'x' }, { org: '?' }] },
    element: 'Patient.contact[1].organization', code: 'element-missing', told: { ...at(95, { field: 'kin.org', pointer: '/kin/1/org' }), fix: 'Patient.contact[1].organization is taken from KIN.ORG, which gave nothing.' } },
  { what: 'a code no table has', rules: "src.sex as v -> tgt.gender = translate(v, '#sex', 'code');", source: { sex: 'Q' }, element: 'Patient.gender', code: 'profile-missing', told: { ...at(17, { field: 'sex' }), fix: 'Patient.gender is taken from SEX, which gave nothing.' } },
  { what: 'that no rule sets it, and where the resource is made', rules: 'src.a as v -> tgt.gender = v;', source: { a: 'male' }, element: 'Patient.name', code: 'profile-missing', told: { ...at(15, {}), fix: 'No rule of the map gives Patient.name.' } },
];

it.each(cases)('names $what', ({ rules, source, element, code = 'invariant-failed', told }) => {
  const result = compiled(mapOf(rules), { tables: [table] }).run(source, { trace: true });
  const { at: place, fix } = blameSource({ category: 'invalid', code, text: 'Wrong.', at: { pointer: element } }, 0, { record: source, result, nameOf: (path) => path.toUpperCase() });
  expect({ ...place, fix }).toEqual({ element, ...told });
});
