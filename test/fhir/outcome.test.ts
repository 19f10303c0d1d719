import { internal, notFound, outcomeOf, problemsOf, statusOf } from '../../src/fhir/outcome.ts';
import { ignoredNotice, incompleteNotice, narrowNotice, withheldNotice } from '../../src/fhir/notices.ts';
import { categories, Refusal } from '../../src/fhir/problem.ts';
import type { Category, Problem } from '../../src/fhir/problem.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { sharingCategories } from '../../src/fhir/sharing.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';

const problem = (category: Category, more: Partial<Problem> = {}): Problem => ({ category, code: 'some-code', text: 'Something.', ...more });
const asJson = (resource: object) => JSON.parse(JSON.stringify(resource)) as JsonObject;

beforeAll(() => { loadProfiles('profiles'); });

describe('every refusal becomes an OperationOutcome of FHIR R4', () => {
  it.each(Object.keys(categories) as Category[])('%s validates and has its status', (category) => {
    const outcome = outcomeOf([problem(category, { at: { pointer: '/a/0' }, expected: 'b', fix: 'Do c.' })]);
    expect(validateResource(asJson(outcome))).toEqual([]);
    expect(outcome.issue[0]?.code).toBe(categories[category].issue);
    expect(statusOf([problem(category)])).toBe(categories[category].status);
  });

  it('carries code, text, place, expectation and remedy', () => {
    const outcome = outcomeOf([problem('invalid', {
      at: { file: 'client.csv', row: 3, line: 5, column: 7, field: 'NHS Number', pointer: '/name/0/family' }, expected: 'ten digits', fix: 'Send it again.',
    })]);
    expect(outcome).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{
        severity: 'error', code: 'invalid',
        details: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/problem', code: 'some-code' }], text: 'Something.' },
        diagnostics: 'Where: file client.csv, row 3, line 5, column 7, field NHS Number, element name[0].family. Expected: ten digits. To mend it: Send it again.',
        expression: ['name[0].family'],
      }],
    });
  });

  it('a FHIRPath expression is left as it is', () => {
    expect(outcomeOf([problem('invalid', { at: { pointer: 'Patient.name[0].family' } })]).issue[0]?.expression).toEqual(['Patient.name[0].family']);
  });

  it('no problems is one informational issue, since R4 wants at least one', () => {
    expect(outcomeOf([]).issue).toEqual([{ severity: 'information', code: 'informational', details: { text: 'No problems were found.' } }]);
  });
});

describe('the status of several problems', () => {
  it.each<[string, Problem[], number]>([
    ['the first error decides', [problem('forbidden'), problem('invalid')], 403],
    ['a failure of ours outranks a fault of theirs', [problem('invalid'), problem('unavailable')], 503],
    ['warnings alone are no failure', [problem('invalid', { severity: 'warning' })], 200],
    ['a warning before an error does not decide', [problem('forbidden', { severity: 'warning' }), problem('unprocessable')], 422],
    ['nothing is no failure', [], 200],
  ])('%s', (_name, problems, status) => {
    expect(statusOf(problems)).toBe(status);
  });
});

describe('what may be said of something thrown', () => {
  it('a refusal says its problems', () => {
    expect(problemsOf(new Refusal(problem('conflict')))).toEqual([problem('conflict')]);
  });

  it.each([new Error('connection to 10.0.0.5 refused for Abdul'), 'text', null, new Refusal()])('anything else says nothing of the inside', (thrown) => {
    expect(problemsOf(thrown)).toEqual([internal]);
  });

  it('not found is one frozen value: absent and denied cannot differ', () => {
    expect(Object.isFrozen(notFound)).toBe(true);
    expect(notFound).not.toHaveProperty('at');
  });
});

describe('notices in a searchset', () => {
  it.each([
    ['withheld', withheldNotice(), 'suppressed'],
    ['withheld, naming organisations', withheldNotice(['Solihull Council', 'Aston Trust']), 'suppressed'],
    ['incomplete', incompleteNotice([{ organisation: 'Aston Trust' }]), 'incomplete'],
    ['ignored', ignoredNotice(['colour']), 'not-supported'],
    ['narrow by scopes', narrowNotice('scopes'), 'informational'],
    ['narrow by agreements', narrowNotice('agreements'), 'informational'],
  ])('%s: an outcome entry of FHIR R4 that is no error', (_name, entry, code) => {
    expect(entry.search).toEqual({ mode: 'outcome' });
    expect(validateResource(asJson(entry.resource ?? {}))).toEqual([]);
    expect(entry.resource).toMatchObject({ issue: [{ code, severity: expect.stringMatching(/^(information|warning)$/) as string }] });
  });

  it.each([
    ['nobody', [], "Some information is not shown. This can be because of the person's wishes or sharing rules. It may not be clinically relevant."],
    ['who holds it', ['Solihull Council', 'Aston Trust', 'Solihull Council'], "Some information is not shown, among it information from Aston Trust and Solihull Council. This can be because of the person's wishes or sharing rules. It may not be clinically relevant."],
  ])('what is withheld is told in one wording, naming %s, and never what sort of information it is', (_name, organisations, text) => {
    const told = JSON.parse(JSON.stringify(withheldNotice(organisations)))?.resource.issue[0].details.text as string;
    expect(told).toBe(text);
    for (const category of sharingCategories) expect(told.toLowerCase()).not.toContain(category.replace('-', ' '));
  });

  it('the order in which withheld rows were met does not show', () => {
    expect(withheldNotice(['B', 'A', 'B'])).toEqual(withheldNotice(['A', 'B']));
  });
});
