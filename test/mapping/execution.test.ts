import type { JsonObject } from '../../src/fhir/json.ts';
import { compiled, compileProblems, mapOf, runMap } from './run-map.ts';

interface Case {
  requirement: string;
  rules: string;
  source: JsonObject;
  type?: string;
  before?: string;
  after?: string;
  gives: JsonObject;
  problems?: string[];
  log?: string[];
}

const name = (family: string): JsonObject => ({ family });

const fhir = 'uses "http://hl7.org/fhir/StructureDefinition/Observation" alias Observation as source';
const guess: JsonObject = { url: 'https://test.example/guess', valueBoolean: true };

const cases: Case[] = [
  { requirement: '1 a value is copied', rules: 'src.a as v -> tgt.birthDate = v;', source: { a: '1940-01-02' }, gives: { birthDate: '1940-01-02' } },
  { requirement: '2 no source, no target', rules: 'src.a as v -> tgt.birthDate = v;', source: { b: 'x' }, gives: {} },
  { requirement: '3 a list keeps its order', rules: 'src.a as v -> tgt.name as n, n.given = v;', source: { a: ['x', 'y', 'z'] }, gives: { name: [{ given: ['x'] }, { given: ['y'] }, { given: ['z'] }] } },
  { requirement: '4 a single element keeps the last and says so', rules: 'src.a as v -> tgt.gender = v;', source: { a: ['male', 'female'] }, gives: { gender: 'female' }, problems: ['overwritten'] },
  { requirement: '5 only_one refuses two', rules: 'src.a only_one as v -> tgt.gender = v;', source: { a: ['male', 'female'] }, gives: {}, problems: ['only-one'] },
  { requirement: '5 only_one accepts one', rules: 'src.a only_one as v -> tgt.gender = v;', source: { a: ['male'] }, gives: { gender: 'male' } },
  { requirement: '6 first', rules: "src.a first as v -> tgt.name as n, n.given = v;", source: { a: ['x', 'y', 'z'] }, gives: { name: [{ given: ['x'] }] } },
  { requirement: '6 last', rules: "src.a last as v -> tgt.name as n, n.given = v;", source: { a: ['x', 'y', 'z'] }, gives: { name: [{ given: ['z'] }] } },
  { requirement: '6 not_first', rules: "src.a not_first as v -> tgt.name as n, n.given = v;", source: { a: ['x', 'y', 'z'] }, gives: { name: [{ given: ['y'] }, { given: ['z'] }] } },
  { requirement: '6 not_last', rules: "src.a not_last as v -> tgt.name as n, n.given = v;", source: { a: ['x', 'y', 'z'] }, gives: { name: [{ given: ['x'] }, { given: ['y'] }] } },
  { requirement: '7 a default is evaluated, once and without quotes', rules: "src.a default ('male') as v -> tgt.gender = v;", source: {}, gives: { gender: 'male' } },
  { requirement: '7 the focus of a default is the context', rules: 'src.a default (b) as v -> tgt.gender = v;', source: { b: 'other' }, gives: { gender: 'other' } },
  { requirement: '8 a present value beats the default', rules: "src.a default ('male') as v -> tgt.gender = v;", source: { a: 'female' }, gives: { gender: 'female' } },
  { requirement: '9 the cardinality is enforced', rules: 'src.a 2..* as v -> tgt.gender = v;', source: { a: 'male' }, gives: { gender: 'male' }, problems: ['cardinality'] },
  { requirement: '10 a type filter skips other types', rules: 'src.a : string as v -> tgt.name as n, n.family = v;', source: { a: [1, 'x', true] }, gives: { name: [name('x')] } },
  { requirement: '10 a type filter finds the branch of a choice', rules: 'src.value : string as v -> tgt.name as n, n.family = v;', source: { valueString: 'x' }, gives: { name: [name('x')] } },
  { requirement: '10 a map that reads FHIR names a choice without its branch', before: fhir, type: 'Observation', rules: 'src.value as v -> tgt.value = v; src.component.value as v -> tgt.component as c, c.value = v;', source: { valueString: 'x', component: [{ valueString: 'y' }, { valueBoolean: true }, {}] }, gives: { valueString: 'x', component: [{ valueString: 'y' }, { valueBoolean: true }] } },
  { requirement: '10 a map that reads anything else does not', type: 'Observation', rules: 'src.value as v -> tgt.value = v;', source: { valueString: 'x' }, gives: {} },
  { requirement: '11 where on $this filters', rules: "src.a as v where ($this = 'x') -> tgt.name as n, n.family = v;", source: { a: ['x', 'y', 'x'] }, gives: { name: [name('x'), name('x')] } },
  { requirement: '12 where sees its own alias', rules: "src.a as v where (v = 'x') -> tgt.name as n, n.family = v;", source: { a: ['x', 'y'] }, gives: { name: [name('x')] } },
  { requirement: '13 where sees a sibling through the source', rules: "src.a as v where (src.b = 'yes') -> tgt.gender = v;", source: { a: 'male', b: 'yes' }, gives: { gender: 'male' } },
  { requirement: '13 a child hides a variable of its name, %v does not', rules: "src.a as v where (v = 'child' and %v.v = 'child') -> tgt.gender = 'male';", source: { a: { v: 'child' } }, gives: { gender: 'male' } },
  { requirement: '14 an empty condition is false', rules: 'src.a as v where (src.b) -> tgt.gender = v;', source: { a: 'male' }, gives: {} },
  { requirement: '14 a condition that is no boolean is true', rules: 'src.a as v where (src.b) -> tgt.gender = v;', source: { a: 'male', b: 'x' }, gives: { gender: 'male' } },
  { requirement: '14 a condition may go on behind its bracket', rules: "src.a as v where (v = 'x') = false -> tgt.gender = v;", source: { a: 'male' }, gives: { gender: 'male' } },
  { requirement: '14 a condition may stand in double quotes', rules: `src.a as v where "v = 'male'" -> tgt.gender = v;`, source: { a: 'male' }, gives: { gender: 'male' } },
  { requirement: '15 a failed check is an error', rules: "src.a as v check (v != 'y') -> tgt.name as n, n.family = v;", source: { a: ['x', 'y'] }, gives: { name: [name('x')] }, problems: ['check-failed'] },
  { requirement: '16 log goes to the log', rules: "src.a as v log ('seen ' & v) -> tgt.gender = v;", source: { a: 'male' }, gives: { gender: 'male' }, log: ['seen male'] },
  { requirement: '17 two sources fire for each combination', rules: 'src.a as a, src.b as b -> tgt.name as n, n.family = (a & b);', source: { a: ['1', '2'], b: ['x', 'y'] }, gives: { name: [name('1x'), name('1y'), name('2x'), name('2y')] } },
  { requirement: '18 an empty source among several fires nothing', rules: 'src.a as a, src.b as b -> tgt.name as n, n.family = a;', source: { a: ['1', '2'] }, gives: {} },
  { requirement: '19 a rule without arrow shows its aliases to its block', rules: 'src.a as a then { a.b as v -> tgt.gender = v; };', source: { a: { b: 'male' } }, gives: { gender: 'male' } },
  { requirement: '21 two rules make two nodes of a list', rules: 'src.a as a -> tgt.name as n, n.family = a; src.b as b -> tgt.name as n, n.text = b;', source: { a: 'x', b: 'y' }, gives: { name: [{ family: 'x' }, { text: 'y' }] } },
  { requirement: '22 share makes one node', rules: 'src.a as a -> tgt.name as n share one, n.family = a; src.b as b -> tgt.name as n share one, n.text = b;', source: { a: 'x', b: 'y' }, gives: { name: [{ family: 'x', text: 'y' }] } },
  { requirement: '22 single reuses the node of a list', rules: 'src.a as a -> tgt.name as n single, n.given = a;', source: { a: ['x', 'y'] }, gives: { name: [{ given: ['x', 'y'] }] } },
  { requirement: '22 a single element is reused by itself', rules: 'src.a as a -> tgt.maritalStatus as m, m.text = a; src.b as b -> tgt.maritalStatus as m, m.coding = c(b, b);', source: { a: 'x', b: 'y' }, gives: { maritalStatus: { text: 'x', coding: [{ system: 'y', code: 'y' }] } } },
  { requirement: '23 first leads the list', rules: 'src.a as a -> tgt.name as n, n.family = a; src.b as b -> tgt.name as n first, n.family = b;', source: { a: 'x', b: 'y' }, gives: { name: [name('y'), name('x')] } },
  { requirement: '23 several items of first keep their order', rules: 'src.a as a -> tgt.name as n, n.family = a; src.b as b -> tgt.name as n first, n.family = b;', source: { a: 'x', b: ['p', 'q'] }, gives: { name: [name('p'), name('q'), name('x')] } },
  { requirement: '23 last stays last', rules: 'src.b as b -> tgt.name as n last, n.family = b; src.a as a -> tgt.name as n, n.family = a; src.a as a -> tgt.name as n first, n.text = a;', source: { a: 'x', b: ['p', 'q'] }, gives: { name: [{ text: 'x' }, name('x'), name('p'), name('q')] } },
  { requirement: '22 share holds for later items, too, and ends with the call of the group', rules: 'src.g as g then G(g, tgt);', after: 'group G(source s, target t : Patient) { s.a as a -> t.name as n share one, n.given = a; }', source: { g: [{ a: ['x', 'y'] }, { a: 'z' }] }, gives: { name: [{ given: ['x', 'y'] }, { given: ['z'] }] } },
  { requirement: '22 collate is what R4 calls single', rules: 'src.a as a -> tgt.name as n collate, n.given = a;', source: { a: ['x', 'y'] }, gives: { name: [{ given: ['x', 'y'] }] } },
  { requirement: '6 the list mode counts what where has left', rules: "src.a first as v where (v != 'x') -> tgt.gender = v;", source: { a: ['x', 'male', 'female'] }, gives: { gender: 'male' } },
  { requirement: '9 the cardinality counts before where and without the default', rules: "src.a 2..2 as v where (v = 'male') -> tgt.gender = v; src.b 0..1 default ('en') as v -> tgt.language = v;", source: { a: ['x', 'male'] }, gives: { gender: 'male', language: 'en' } },
  { requirement: '13 where sees a sibling through the element it belongs to', rules: "src.p as p then { p.a as v where (%p.b = 'yes') -> tgt.gender = v; };", source: { p: [{ a: 'male', b: 'no' }, { a: 'female', b: 'yes' }] }, gives: { gender: 'female' } },
  { requirement: '16 check and log see their alias', rules: "src.a as v check (v = 'male') log (v) -> tgt.gender = v;", source: { a: 'male' }, gives: { gender: 'male' }, log: ['male'] },
  { requirement: '17 a later source sees the alias of an earlier one', rules: 'src.p as p, p.x as x -> tgt.name as n, n.family = x;', source: { p: [{ x: ['1', '2'] }, { x: '3' }] }, gives: { name: [name('1'), name('2'), name('3')] } },
  { requirement: '25 create picks the branch of a choice', type: 'Observation', rules: "src.a as a -> tgt.value = create('Quantity') as q, q.unit = a;", source: { a: 'mg' }, gives: { valueQuantity: { unit: 'mg' } } },
  { requirement: '25 a choice is picked by the value', type: 'Observation', rules: 'src.a as a -> tgt.value = a;', source: { a: 'text' }, gives: { valueString: 'text' } },
  { requirement: '25 a branch can be written by its own name', rules: 'src.a as a -> tgt.deceasedBoolean = (a = \'Y\');', source: { a: 'Y' }, gives: { deceasedBoolean: true } },
  { requirement: '25 only one branch of a choice is filled', rules: "src.a as a -> tgt.deceased = true, tgt.deceased = toDate(a);", source: { a: '2020-01-01' }, gives: { deceasedDateTime: '2020-01-01' }, problems: ['overwritten'] },
  { requirement: '26 the simple form runs the default group', rules: 'src.n -> tgt.name;', after: 'group Name(source s : Person, target t : HumanName) <<types>> { s.last as v -> t.family = v; }', source: { n: [{ last: 'x' }, { last: 'y' }] }, gives: { name: [name('x'), name('y')] } },
  { requirement: '26 create() without a type is the simple form, named or not', rules: 'src.n as s -> tgt.name = create() as t; src.m -> tgt.name = create();', after: 'group Name(source s : Person, target t : HumanName) <<types>> { s.last as v -> t.family = v; }', source: { n: { last: 'x' }, m: { last: 'y' } }, gives: { name: [name('x'), name('y')] } },
  { requirement: '26 aliases on both sides only create', rules: 'src.n as s -> tgt.name as t; src.n as s -> tgt.name as t, t.text = s.last;', after: 'group Name(source s : Person, target t : HumanName) <<types>> { s.last as v -> t.family = v; }', source: { n: { last: 'x' } }, gives: { name: [{ text: 'x' }] } },
  { requirement: '29 the simple form copies what a primitive carries beside its value, = v the value alone', rules: 'src.born -> tgt.birthDate; src.sex as v -> tgt.gender = v;', source: { born: '1940', _born: { id: 'a', extension: [guess] }, sex: 'male', _sex: { extension: [guess] } }, gives: { birthDate: '1940', _birthDate: { id: 'a', extension: [guess] }, gender: 'male' } },
  { requirement: '29 each primitive of a list keeps its own, whichever are left out', rules: "src.n as n -> tgt.name as t then { n.given where ($this != 'a') -> t.given; };", source: { n: { given: ['a', 'b', 'c'], _given: [{ id: 'A' }, null, { extension: [guess] }] } }, gives: { name: [{ given: ['b', 'c'], _given: [null, { extension: [guess] }] }] } },
  { requirement: '29 what stood beside a value goes when the value is overwritten', rules: 'src.a -> tgt.language;', source: { a: ['x', 'y'], _a: [{ id: 'X' }] }, gives: { language: 'y' }, problems: ['overwritten'] },
  { requirement: '29 an object is copied with its primitives in their places, also those without a value', rules: 'src.n as v -> tgt.name = v;', source: { n: { given: ['a', null, ''], _given: [null, { extension: [guess] }, null] } }, gives: { name: [{ given: ['a', null], _given: [null, { extension: [guess] }] }] } },
  { requirement: '29 an object needs a group', rules: 'src.n -> tgt.name;', source: { n: { family: 'x' } }, gives: {}, problems: ['no-default-group'] },
  { requirement: '29 a number stays a number', type: 'Observation', rules: 'src.n -> tgt.valueInteger;', source: { n: 5 }, gives: { valueInteger: 5 } },
  { requirement: '27 a type+ group fills an open choice with its target type', type: 'Observation', rules: 'src.n : string -> tgt.value;', after: 'group Value(source s : string, target t : Quantity) <<type+>> { s as v -> t.unit = v; }', source: { n: 'mg' }, gives: { valueQuantity: { unit: 'mg' } } },
  { requirement: '29 without a group a primitive is copied', rules: 'src.a -> tgt.gender;', source: { a: 'male' }, gives: { gender: 'male' } },
  { requirement: '30 the batch form is several simple rules', rules: 'src -> tgt : gender, birthDate;', source: { gender: 'male', birthDate: '1940' }, gives: { gender: 'male', birthDate: '1940' } },
  { requirement: '31 the extended group runs first', rules: 'src -> tgt then Own(src, tgt);', after: "group Own(source s, target t : Patient) extends Base { s.a as v -> t.name as n, n.family = 'own'; } group Base(source s, target t : Patient) { s.a as v -> t.name as n, n.family = 'base'; }", source: { a: 'x' }, gives: { name: [name('base'), name('own')] } },
  { requirement: '32 calls run in order, then the block', rules: "src -> tgt then One(src, tgt), Two(src, tgt) { src -> tgt.name as n, n.family = 'block'; };", after: "group One(source s, target t : Patient) { s -> t.name as n, n.family = 'one'; } group Two(source s, target t : Patient) { s -> t.name as n, n.family = 'two'; }", source: { a: 'x' }, gives: { name: [name('one'), name('two'), name('block')] } },
  { requirement: '33 a target may be passed as a source', rules: 'src.a as v -> tgt.name as n, n.family = v then Copy(n, tgt);', after: 'group Copy(source s, target t : Patient) { s.family as f -> t.gender = f; }', source: { a: 'other' }, gives: { name: [name('other')], gender: 'other' } },
  { requirement: '35 an embedded concept map translates', rules: "src.a as v -> tgt.gender = translate(v, '#Sex', 'code');", before: 'conceptmap "Sex" { prefix s = "urn:s" prefix t = "urn:t" s:M == t:male s:F - t:female }', source: { a: 'F' }, gives: { gender: 'female' } },
  { requirement: '35 an entry without usable target is an error', rules: "src.a as v -> tgt.gender = translate(v, '#Sex', 'code');", before: 'conceptmap "Sex" { prefix s = "urn:s" prefix t = "urn:t" s:U != t:other }', source: { a: 'U' }, gives: {}, problems: ['code-not-usable'] },
  { requirement: '35 unmapped codes pass through where the map says so', rules: "src.a as v -> tgt.gender = translate(v, 'Sex', 'code');", before: 'conceptmap "Sex" { prefix s = "urn:s" prefix t = "urn:t" unmapped for s = provided s:M == t:male }', source: { a: 'other' }, gives: { gender: 'other' } },
  { requirement: '35 the system of a Coding must be that of the entry', rules: "src.a as v -> tgt.gender = translate(v, 'https://test.example/map#Sex', 'code');", before: 'conceptmap "Sex" { prefix s = "urn:s" prefix t = "urn:t" s:M == t:male }', source: { a: [{ system: 'urn:other', code: 'M' }, { system: 'urn:s', code: 'M' }] }, gives: { gender: 'male' }, problems: ['code-not-in-table'] },
  { requirement: '36 a CodeableConcept is not a code', rules: "src.a as v -> tgt.gender = translate(v, '#Sex', 'code');", before: 'conceptmap "Sex" { prefix s = "urn:s" prefix t = "urn:t" s:M == t:male }', source: { a: { coding: [{ code: 'M' }] } }, gives: {}, problems: ['wrong-type'] },
  { requirement: '35 a relationship that is not exact does not translate', rules: "src.a as v -> tgt.gender = translate(v, '#Sex', 'code');", before: 'conceptmap "Sex" { prefix s = "urn:s" prefix t = "urn:t" s:M ~ t:male }', source: { a: 'M' }, gives: {}, problems: ['code-not-usable'] },
  { requirement: '37 append joins and skips what is missing', rules: "src.a as v -> tgt.name as n, n.text = append(v, ' ', src.b, '!');", source: { a: 'x' }, gives: { name: [{ text: 'x !' }] } },
  { requirement: '37 truncate cuts', rules: 'src.a as v -> tgt.name as n, n.text = truncate(v, 3);', source: { a: 'abcdef' }, gives: { name: [{ text: 'abc' }] } },
  { requirement: '29 what a primitive carries beside its value is reached through it', rules: "src.a as v -> tgt.birthDate = v, tgt.birthDate.extension as e, e.url = 'https://test.example/guess', e.valueBoolean = true;", source: { a: '1940' }, gives: { birthDate: '1940', _birthDate: { extension: [{ url: 'https://test.example/guess', valueBoolean: true }] } } },
  { requirement: '37 cast makes primitives', rules: "src.a as v -> tgt.active = cast(v, 'boolean'), tgt.multipleBirth = cast(src.b, 'integer');", source: { a: 'true', b: '2' }, gives: { active: true, multipleBirthInteger: 2 } },
  { requirement: '37 a bad cast is an error', rules: "src.a as v -> tgt.active = cast(v, 'boolean');", source: { a: 'maybe' }, gives: {}, problems: ['bad-value'] },
  { requirement: '38 several values fill a list', rules: 'src.a as v -> tgt.name as n, n.given = (v.x);', source: { a: { x: ['p', 'q'] } }, gives: { name: [{ given: ['p', 'q'] }] } },
  { requirement: '38 several values do not fit a single element', rules: 'src.a as v -> tgt.gender = (v.x);', source: { a: { x: ['p', 'q'] } }, gives: {}, problems: ['multiple-values'] },
  { requirement: '39 a contained resource is made in its list', rules: "src.a as v -> tgt.contained = create('Organization') as o, o.id = 'org', o.name = v, tgt.managingOrganization as r, r.reference = '#org';", source: { a: 'x' }, gives: { contained: [{ resourceType: 'Organization', id: 'org', name: 'x' }], managingOrganization: { reference: '#org' } } },
  { requirement: '39 reference is a text where the element is one', rules: "src.a as v -> tgt.contained = create('Organization') as o, o.id = v, tgt.managingOrganization = reference(o), tgt.link as l, l.other.reference = reference(o);", source: { a: 'x' }, gives: { contained: [{ resourceType: 'Organization', id: 'x' }], managingOrganization: { reference: 'Organization/x' }, link: [{ other: { reference: 'Organization/x' } }] } },
  { requirement: '37 a date literal is legal', rules: 'src.a as v -> tgt.birthDate = @1940-01-02;', source: { a: 'x' }, gives: { birthDate: '1940-01-02' } },
  { requirement: 'a constant may be a source and an argument', rules: "src.a as v -> tgt.identifier = id(system, v); list as v -> tgt.name as n, n.family = v;", before: "let system = 'https://x.example'; let list = 'p' | 'q';", source: { a: '1' }, gives: { identifier: [{ system: 'https://x.example', value: '1' }], name: [name('p'), name('q')] } },
  { requirement: 'an alias of uses stands for its type', rules: "src.a as v -> tgt.contained = create('Org') as o, o.name = v;", before: 'uses "http://hl7.org/fhir/StructureDefinition/Organization" alias Org as produced', source: { a: 'x' }, gives: { contained: [{ resourceType: 'Organization', name: 'x' }] } },
  { requirement: 'a signed number and a nested path are legal', rules: 'src.a as v -> tgt.extension as e, e.value = -5; src.a as v -> tgt.maritalStatus.coding.code = v;', source: { a: 'x' }, gives: { extension: [{ valueInteger: -5 }], maritalStatus: { coding: [{ code: 'x' }] } } },
  { requirement: 'a deep source path counts its elements as one list', rules: 'src.a.b first as v -> tgt.name as n, n.family = v;', source: { a: [{ b: 'x' }, { b: 'y' }] }, gives: { name: [name('x')] } },
  { requirement: 'keywords are element names behind a dot', rules: 'src.check as v -> tgt.gender = v; src.group as v -> tgt.language = v;', source: { check: 'male', group: 'en' }, gives: { gender: 'male', language: 'en' } },
  { requirement: 'a name that is no word stands in backticks, in R4 in double quotes', rules: 'src.`a-b` as v -> tgt.gender = v; src."c d" as v -> tgt.language = v;', source: { 'a-b': 'male', 'c d': 'en' }, gives: { gender: 'male', language: 'en' } },
  { requirement: 'create names what an element is made of, too', rules: "src.a as v -> tgt.contact = create('Patient.contact') as c, c.gender = v;", source: { a: 'male' }, gives: { contact: [{ gender: 'male' }] } },
  { requirement: 'an OID is translated to a URI', rules: "src.a as v -> tgt.identifier as i, i.system = translate(v, 'http://hl7.org/fhir/ConceptMap/special-oid2uri', 'uri');", source: { a: ['1.2.36', '2.16.840.1.113883.6.96', 'no oid'] }, gives: { identifier: [{ system: 'urn:oid:1.2.36' }, { system: 'http://snomed.info/sct' }] }, problems: ['code-not-in-table'] },
  { requirement: 'a star reads every child', rules: 'src.a as a then { a.* as v -> tgt.name as n, n.family = v; };', source: { a: { x: '1', y: ['2', '3'] } }, gives: { name: [name('1'), name('2'), name('3')] } },
  { requirement: 'empty objects and lists are pruned', rules: 'src.a as v -> tgt.contact as c, c.name as n, n.family = src.b; src.a as v -> tgt.name as n;', source: { a: 'x' }, gives: {} },
  { requirement: 'constants may name each other', rules: 'src.a as v -> tgt.identifier = id(both, v);', before: "let both = %base & '/person'; let base = 'https://x.example';", source: { a: '1' }, gives: { identifier: [{ system: 'https://x.example/person', value: '1' }] } },
  { requirement: 'evaluate has its context as focus', rules: 'src.a as v -> tgt.name as n, n.family = evaluate(v, b.upper());', source: { a: { b: 'x' } }, gives: { name: [name('X')] } },
  { requirement: 'cc c id cp qty build their types', rules: "src.a as v -> tgt.maritalStatus = cc('urn:s', v, 'Words'), tgt.telecom = cp(src.phone), tgt.telecom = cp('email', src.mail), tgt.identifier = id('urn:i', v, 'MR');", source: { a: 'x', phone: '0121 496 0000', mail: 'ann@example.org' }, gives: { maritalStatus: { coding: [{ system: 'urn:s', code: 'x', display: 'Words' }] }, telecom: [{ system: 'phone', value: '0121 496 0000' }, { system: 'email', value: 'ann@example.org' }], identifier: [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, system: 'urn:i', value: 'x' }] } },
  { requirement: 'nothing is built around a missing text', rules: "src.a as v -> tgt.maritalStatus = cc('urn:s', src.b), tgt.identifier = id('urn:i', src.b), tgt.telecom = cp(src.b);", source: { a: 'x' }, gives: {} },
  { requirement: 'a text does not become a boolean by itself', rules: 'src.a as v -> tgt.active = v;', source: { a: 'true' }, gives: {}, problems: ['wrong-type'] },
  { requirement: 'escape changes the encoding', rules: "src.a as v -> tgt.name as n, n.text = escape(v, 'url', 'xml');", source: { a: 'a%26b' }, gives: { name: [{ text: 'a&#38;b' }] } },
];

describe('a rule', () => {
  it.each(cases)('$requirement', ({ rules, source, type = 'Patient', before, after, gives, problems = [], log = [] }) => {
    const outcome = runMap(mapOf(rules, type, before, after), source);
    expect(outcome.resource).toEqual({ resourceType: type, ...gives });
    expect(outcome.codes).toEqual(problems);
    expect(outcome.log).toEqual(log);
  });
});

describe('a map with a mistake does not compile', () => {
  const refused: [requirement: string, text: string, problems: string[]][] = [
    ['20 a sibling does not see an alias', mapOf('src.a as v -> tgt.name as n;\nsrc.b as b -> n.family = b;'), ['undeclared-variable 5:15']],
    ['20 a sibling does not see an alias in an expression', mapOf('src.a as v -> tgt.gender = v;\nsrc.b as b -> tgt.gender = (v);'), ['undeclared-variable 5:29']],
    ['23 two rules cannot both be last', mapOf('src.a as a -> tgt.name as n last;\nsrc.b as b -> tgt.name as n last;'), ['map-target 5:15']],
    ['35 a code with two usable targets', mapOf('src.a as v -> tgt.gender = v;', 'Patient', 'conceptmap "c" { prefix s = "urn:s" prefix t = "urn:t"\ns:M == t:male\ns:M == t:other }'), ['map-syntax 4:1']],
    ['dateOp, which nobody defined', mapOf("src.a as v -> tgt.birthDate = dateOp(v, 'x');"), ['unknown-transform 4:31']],
    ['an element of a source that is a target', mapOf('tgt.name as n -> tgt.gender = n;'), ['not-a-source 4:1']],
    ['a target that is a source', mapOf('src.a as v -> src.b = v;'), ['not-a-target 4:15']],
    ['a cast without its type', mapOf('src.a as v -> tgt.active = cast(v);'), ['map-transform 4:28']],
    ['a default group without types', mapOf('src.a as v -> tgt.gender = v;', 'Patient', '', 'group G(source s, target t) <<types>> { }'), ['map-group 6:1']],
    ['an unknown base', mapOf('src.a as v -> tgt.gender = v;', 'Patient', '', 'group G(source s, target t) extends None { }'), ['unknown-group 6:29']],
    ['an unknown function', mapOf('src.a as v -> tgt.gender = (v.shout());'), ['unsupported-function 4:29']],
    ['a function without its argument', mapOf("src.a as v -> tgt.gender = (v.matches());"), ['unsupported-function 4:29']],
    ['an unknown % variable', mapOf('src.a as v -> tgt.gender = (%v & %w);'), ['undeclared-variable 4:34']],
    ['a value without an element', mapOf('src.a as v -> tgt = v;'), ['map-target 4:15']],
    ['24 a choice cannot be made without its type', mapOf('src.a as v -> tgt.deceased as d;'), ['map-target 4:15']],
    ['24 a primitive cannot be made without a value', mapOf('src.a as v -> tgt.birthDate as d;'), ['map-target 4:15']],
    ['23 two rules cannot both be first', mapOf('src.a as a -> tgt.name as n first;\nsrc.b as b -> tgt.name as n first;'), ['map-target 5:15']],
    ['28 two default groups for one pair of types', mapOf('src.n -> tgt.name;', 'Patient', '', 'group A(source s : P, target t : HumanName) <<types>> { s.x as v -> t.family = v; } group B(source s : P, target t : HumanName) <<types>> { s.x as v -> t.family = v; }'), ['ambiguous-group 4:1']],
    ['33 a source cannot be passed as a target', mapOf('src.a as a then G(src, a);', 'Patient', '', 'group G(source s, target t) { s.x as v -> t.gender = v; }'), ['map-call 4:24']],
    ['every mistake is told', mapOf('src.a as v -> tgt.colour = v;\nsrc.b as v -> tgt.gender = paint(v);\nnobody.c as v -> tgt.gender = v;\nsrc.d as v -> tgt.gender = translate(v, \'#none\', \'code\');'), ['unknown-element 4:15', 'unknown-transform 5:28', 'undeclared-variable 6:1', 'unknown-table 7:28']],
    ['an unknown type', mapOf("src.a as v -> tgt.contained = create('Pat') as p;"), ['unknown-type 4:31']],
    ['an unknown group', mapOf('src.a as v then Nobody(v, tgt);'), ['unknown-group 4:17']],
    ['a wrong number of arguments', mapOf('src.a as v -> tgt.gender = truncate(v);'), ['map-transform 4:28']],
    ['groups that extend each other', mapOf('src -> tgt then A(src, tgt);', 'Patient', '', 'group A(source s, target t) extends B { } group B(source s, target t) extends A { }'), ['map-group 6:29', 'map-group 6:71']],
    ['constants that define each other', mapOf('src.a as v -> tgt.gender = v;', 'Patient', 'let a = %b; let b = %a;'), ['map-constant 2:1']],
    ['a group, parameter or constant declared twice', 'let c = 1; let c = 2; group M(source s, source s, target t : Patient) { } group M(source s, target t : Patient) { }', ['duplicate 1:12', 'duplicate 1:41', 'duplicate 1:75']],
    ['an entry group without a source and a resource', 'group M(source s, target t : HumanName) { }', ['map-entry 1:1']],
    ['a two-digit year', mapOf("src.a as v -> tgt.birthDate = toDate(v, 'dd/MM/yy');"), ['map-transform 4:41']],
    ['an unquoted text', mapOf('src.a as v -> tgt.gender = male;'), ['undeclared-variable 4:28']],
    ['a function that needs a server', mapOf('src.a as v -> tgt.gender = (v.resolve().x);'), ['unsupported-function 4:29']],
    ['an import nobody knows', 'imports "https://x.example/a" group M(source s, target t : Patient) { }', ['unknown-import 1:1']],
  ];
  it.each(refused)('%s', (_requirement, text, problems) => {
    expect(compileProblems(text)).toEqual(problems);
  });
});

describe('imports', () => {
  const library = (url: string, group: string, imports = ''): string => `map "${url}" = "L"\n${imports}\ngroup ${group}(source s, target t : Patient) { s.a as v -> t.gender = v; }`;

  it('34 a wildcard finds maps by their URL', () => {
    const text = mapOf('src -> tgt then Lib(src, tgt);', 'Patient', 'imports "https://lib.example/*"');
    expect(runMap(text, { a: 'male' }, { imports: [library('https://lib.example/one', 'Lib')] }).resource).toEqual({ resourceType: 'Patient', gender: 'male' });
  });

  it('34 imports do not pass on their own', () => {
    const text = mapOf('src -> tgt then Deep(src, tgt);', 'Patient', 'imports "https://lib.example/one"');
    const imports = [library('https://lib.example/one', 'Lib', 'imports "https://lib.example/two"'), library('https://lib.example/two', 'Deep')];
    expect(compileProblems(text, { imports })).toEqual(['unknown-group 4:17']);
  });

  it('a mistake in an imported map is found there', () => {
    const text = mapOf('src -> tgt then Lib(src, tgt);', 'Patient', 'imports "https://lib.example/one"');
    expect(compileProblems(text, { imports: ['map "https://lib.example/one" = "L" group Lib(source s, target t) { s.a as v -> t.gender = v }'] })).toEqual(['map-syntax 1:94']);
  });
});

describe('a Bundle', () => {
  it('39 resources come out in order, references and ids agree', () => {
    const text = `group Main(source src, target bundle : Bundle) {
      src.people as one -> bundle.entry as e, e.resource = create('Patient') as p, p.gender = one,
        bundle.entry as f, f.resource = create('Flag') as flag, flag.subject = reference(p), e.fullUrl = pointer(p), flag.id = uuid();
    }`;
    let next = 0;
    const outcome = runMap(text, { people: ['male', 'female'] }, { newId: () => `id-${(next += 1)}` });
    expect(outcome.problems).toEqual([]);
    expect(outcome.resources).toEqual([
      { resourceType: 'Patient', id: 'id-1', gender: 'male' },
      { resourceType: 'Flag', id: 'id-2', subject: { reference: 'Patient/id-1' } },
      { resourceType: 'Patient', id: 'id-3', gender: 'female' },
      { resourceType: 'Flag', id: 'id-4', subject: { reference: 'Patient/id-3' } },
    ]);
  });

  it('a copied object shares no node with the source', () => {
    const source = { a: { family: 'x', given: ['y'] } };
    const outcome = runMap(mapOf('src.a as v -> tgt.name = v as n, n.text = \'changed\';'), source);
    expect(outcome.resource).toEqual({ resourceType: 'Patient', name: [{ family: 'x', given: ['y'], text: 'changed' }] });
    expect(source).toEqual({ a: { family: 'x', given: ['y'] } });
  });
});

describe('decimals', () => {
  it.each(['0.010', '100', '-1.50', '12345678901234567890.123456789', '1.0E+2'])('%s stays as it was sent', (text) => {
    const map = mapOf("src.a as v -> tgt.value = qty(v, 'mg'), tgt.extension as e, e.value = cast(v, 'decimal');", 'Observation');
    const result = runMapText(map, { a: text });
    expect(result).toContain(`"valueDecimal":${text}}`);
    expect(result).toContain(`"value":${text},`);
  });

  it.each(['1,000', '007', '.5', '5.', 'ten', '--1'])('%s is not a decimal', (text) => {
    expect(runMap(mapOf("src.a as v -> tgt.value = qty(v, 'mg');", 'Observation'), { a: text }).problems).toEqual([
      expect.objectContaining({ code: 'bad-value', at: { file: 'test.map', line: 4, column: 27, field: 'a' } }),
    ]);
  });
});

function runMapText(text: string, source: JsonObject): string {
  return JSON.stringify(compiled(text).run(source).resources);
}
