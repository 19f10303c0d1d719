import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { compileProblems, mapOf, runMap } from './run-map.ts';

const giving = (expression: string): string => mapOf(`src.a as v -> tgt.language = (${expression});`);

describe('an expression that never comes to an end', () => {
  const letters: JsonObject = { a: { text: `${'a'.repeat(40)}!`, list: Array.from({ length: 300 }, (_, index) => `t${index}`) } };
  const endless: [what: string, expression: string][] = [
    ['a pattern that goes back for ever', "v.text.matches('^(a+)+$')"],
    ['one that chooses for ever', "v.text.matches('^(a|a)*$')"],
    ['one over the whole text', "v.text.matchesFull('(a*)*')"],
    ['one that replaces', "v.text.replaceMatches('(a+)+$', 'x')"],
    ['one in an expression of the library', "v.text.where($this ~ v.text and $this.matches('^(a+)+$')).exists()"],
    ['one that replaces, in the library', "v.text.replaceMatches('(a+)+$', v.text)"],
    ['one the source brings', "v.text.matches(v.text.replace('!', '').replaceMatches('^a+$', '^(a+)+$'))"],
    ['repeat that always finds more', 'v.text.repeat($this & \'x\')'],
    ['repeat that counts', '(1).repeat($this + 1).exists()'],
    ['repeat that doubles a text', 'v.text.repeat($this & $this).count()'],
    ['aggregate that doubles a text', "v.list.aggregate($total & $total, 'x').length()"],
    ['lists in lists in lists', 'v.list.select(v.list.select(v.list)).count()'],
    ['conditions in conditions', "v.list.where(v.list.where(v.list.where($this = 'none').exists()).exists()).exists()"],
    ['the same in the library', "v.list.where(v.list.where(v.list.where($this ~ 'none').exists()).exists()).exists()"],
  ];
  it.each(endless)('ends at the budget: %s', (_what, expression) => {
    const { resources, problems } = runMap(giving(expression), letters);
    expect(resources).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ code: 'map-budget', severity: 'error', at: expect.objectContaining({ file: 'test.map', line: 4, column: 30 }) as object })]);
  });

  it.each([
    ["v.text.matches('^a*b?a*!$').toString()", 'true'],
    ["v.text.replaceMatches('a{4}', 'b')", `${'b'.repeat(10)}!`],
    ["v.text.matches('^(?:aa|bb)+!$').toString()", 'true'],
  ])('that does end is not stopped: %s', (expression, language) => {
    expect(runMap(giving(expression), letters).resource).toMatchObject({ language });
  });

  it('in a constant keeps the map from compiling', () => {
    expect(compileProblems(mapOf('src.a as v -> tgt.language = v;', 'Patient', 'let c = (1).repeat($this + 1).count();'))).toEqual(['map-constant 2:1']);
  });
});

describe('an expression cannot leave its record', () => {
  it.each([
    ['a server', "v.resolve()"], ['a terminology service', "v.memberOf('http://x.example')"], ['one by its variable', '%terminologies.expand(v)'],
    ['the resource around it', '%resource.id'], ['the environment', '%env'], ['a function that is none', 'v.constructor()'], ['another', "v.require('fs')"], ['one of JavaScript', "v.eval('1')"],
    ['a prototype', 'v.__proto__'], ['a prototype as a variable', '%__proto__'], ['a prototype in quotes', 'v.`__proto__`'],
  ])('to %s', (_what, expression) => {
    expect(compileProblems(giving(expression))).toHaveLength(1);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('through the inherited member %s', (name) => {
    expect(runMap(giving(`iif(v.${name}.exists(), 'found', 'none')`), { a: { x: 'y' } }).resource).toMatchObject({ language: 'none' });
    expect(compileProblems(giving(`v.where(${name}.exists() ~ true).exists().toString()`))).toEqual(['map-expression 4:30']);
  });

  it.each([
    ['what it traces', "v.x.trace('seen').distinct()"],
    ['what it rounds', "(v.x.toDateTime() + 1.5 days).toString()"],
  ])('by writing to the console %s', (_what, expression) => {
    const said: unknown[] = [];
    const { log, warn } = console;
    console.log = console.warn = (...words: unknown[]) => { said.push(...words); };
    try {
      expect(runMap(giving(expression), { a: { x: '1973-12-25' } }).resource).toMatchObject({ language: expect.stringContaining('1973-12-2') as string });
    } finally {
      Object.assign(console, { log, warn });
    }
    expect(said).toEqual([]);
  });
});

describe('conformsTo', () => {
  beforeAll(() => { loadProfiles('profiles'); });
  const patient: JsonObject = { resourceType: 'Patient', name: [{ family: 'Example' }] };
  const asked = (a: JsonObject, url: string): ReturnType<typeof runMap> => runMap(giving(`v.conformsTo('${url}').toString()`), { a });

  it.each<[string, JsonObject, string, string]>([
    ['a resource of the type', patient, 'Patient', 'true'],
    ['a resource of another type', patient, 'Observation', 'false'],
    ['one with an element nobody knows', { ...patient, colour: 'red' }, 'Patient', 'false'],
  ])('answers for %s', (_what, resource, type, language) => {
    expect(asked(resource, `http://hl7.org/fhir/StructureDefinition/${type}`).resource).toMatchObject({ language });
  });

  it('does not guess about a structure nobody knows, or about what is no resource', () => {
    expect(asked(patient, 'https://x.example/StructureDefinition/none').codes).toEqual(['expression-failed']);
    expect(runMap(giving("v.name.given.conformsTo('http://hl7.org/fhir/StructureDefinition/Patient').toString()"), { a: { name: { given: 'x' } } }).codes).toEqual(['expression-failed']);
  });
});
