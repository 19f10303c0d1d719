import { readAgreement } from '../../src/consent/read-agreement.ts';
import { bchc, uhb } from './sharing-cases.ts';

const valid = `
id: episode-sharing
version: "1.0"
title: Sharing of episodes
period: { from: 2024-04-01, to: 2029-03-31 }
reviewDate: 2026-03-31
lawfulBases: [ "UK GDPR Article 6(1)(e)" ]
parties:
  - { id: uhb, name: UHB, identifier: { system: https://fhir.nhs.uk/Id/ods-organization-code, value: RRK }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bchc, name: BCHC, identifier: { system: https://fhir.nhs.uk/Id/ods-organization-code, value: RYW }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: host, name: Host, identifier: { system: https://fhir.nhs.uk/Id/ods-organization-code, value: QHL }, capacity: processor, signatoryRole: SIRO }
clauses:
  - number: "4.10"
    text: The hospital shares episodes.
    from: [uhb]
    to: [bchc]
    purposes: [TREAT]
    roles: [nurse]
    categories: [episode]
    consentBasis: implied
`;

const edited = (from: string, to: string): string => {
  expect(valid).toContain(from);
  return valid.replace(from, to);
};

function contentOf(text: string) {
  const read = readAgreement(text);
  if ('problems' in read) throw new Error(read.problems.map((problem) => problem.text).join(' '));
  return read.agreement;
}

function problemsOf(text: string) {
  const read = readAgreement(text);
  if (!('problems' in read)) throw new Error('read without a problem');
  return read.problems;
}

describe('an agreement file', () => {
  it('names its parties by their full keys, in every clause', () => {
    const { parties, clauses } = contentOf(valid);
    expect(parties.map(({ organisation }) => organisation)).toEqual([uhb, bchc, 'https://fhir.nhs.uk/Id/ods-organization-code|QHL']);
    expect(clauses[0]).toMatchObject({ number: '4.10', from: [uhb], to: [bchc] });
  });

  it('opens no label, needs no relationship and gives no notice unless it says so', () => {
    const [clause] = contentOf(valid).clauses;
    expect(clause).toMatchObject({ labels: [], notice: 'none' });
    expect(clause).not.toHaveProperty('relationships');
  });

  it('says of a clause how long what it shares is kept, where it says so', () => {
    expect(contentOf(edited('consentBasis: implied', 'consentBasis: implied\n    retention: Twelve months.')).clauses[0]?.retention).toBe('Twelve months.');
    expect(contentOf(valid).clauses[0]).not.toHaveProperty('retention');
  });

  it('is in force from the start of its first London day to the end of its last, summer time or not', () => {
    expect(contentOf(valid).period).toEqual({ start: new Date('2024-03-31T23:00:00Z'), end: new Date('2029-03-31T23:00:00Z') });
    expect(contentOf(edited('2024-04-01, to: 2029-03-31', '2024-01-01, to: 2026-12-31')).period)
      .toEqual({ start: new Date('2024-01-01T00:00:00Z'), end: new Date('2027-01-01T00:00:00Z') });
  });
});

describe('the hash of an agreement', () => {
  const hash = contentOf(valid).sha256;

  it('is lower-case hex SHA-256', () => expect(hash).toMatch(/^[0-9a-f]{64}$/));

  it.each([
    ['a comment', `# for review\n${valid}`],
    ['the order of keys', edited('id: episode-sharing\nversion: "1.0"', 'version: "1.0"\nid: episode-sharing')],
    ['the layout', edited('from: [uhb]', 'from:\n      - uhb')],
  ])('does not change with %s', (_, text) => expect(contentOf(text).sha256).toBe(hash));

  it.each([
    ['a word of a clause', edited('shares episodes.', 'shares all episodes.')],
    ['a role', edited('roles: [nurse]', 'roles: [nurse, doctor]')],
    ['the last day', edited('to: 2029-03-31', 'to: 2029-03-30')],
    ['the name of a signatory role', edited('signatoryRole: SIRO', 'signatoryRole: Chief Executive')],
    ['how long things are kept', edited('consentBasis: implied', 'consentBasis: implied\n    retention: Twelve months.')],
    ['the notice', edited('consentBasis: implied', 'consentBasis: implied\n    notice: generic')],
  ])('changes with %s', (_, text) => expect(contentOf(text).sha256).not.toBe(hash));
});

describe('a mistake in an agreement file', () => {
  it.each<[string, string, object]>([
    ['an unknown key', edited('title:', 'colour: red\ntitle:'), { code: 'agreement-unknown-key', text: 'The key "colour" is not known in the agreement.', at: { line: 4 } }],
    ['an unknown key in a clause', edited('from: [uhb]', 'from: [uhb]\n    until: 2026-01-01'), { code: 'agreement-unknown-key', at: { line: 16, field: 'clauses[0]' } }],
    ['a missing key', edited('    consentBasis: implied\n', ''), { code: 'agreement-missing-key', text: 'The key "consentBasis" is missing in clauses[0].' }],
    ['a clause number YAML reads as 4.1', edited('"4.10"', '4.10'), { code: 'agreement-wrong-type', fix: 'Put the value in quotes.', at: { line: 13 } }],
    ['a single role not in a list', edited('[nurse]', 'nurse'), { code: 'agreement-wrong-type', fix: 'Write it as a list: [ ... ].' }],
    ['an empty value', edited('title: Sharing of episodes', 'title:'), { code: 'agreement-wrong-type', fix: 'Write a value or remove the key.' }],
    ['an unknown role', edited('[nurse]', '[nurse, docter]'), { code: 'agreement-unknown-word', text: '"docter" is not known in clauses[0].roles[1].', at: { line: 18 } }],
    ['an unknown purpose', edited('[TREAT]', '[MARKETING]'), { code: 'agreement-unknown-word' }],
    ['an unknown category', edited('[episode]', '[episodes]'), { code: 'agreement-unknown-word' }],
    ['the category nobody may share', edited('[episode]', '[unclassified]'), { code: 'agreement-unknown-word' }],
    ['an unknown kind of relationship', edited('consentBasis: implied', 'consentBasis: implied\n    relationships: [friendship]'), { code: 'agreement-unknown-word' }],
    ['an empty list of relationships', edited('consentBasis: implied', 'consentBasis: implied\n    relationships: []'), { code: 'agreement-invalid-value' }],
    ['a day that does not exist', edited('from: 2024-04-01', 'from: 2024-02-30'), { code: 'agreement-invalid-value', expected: 'a calendar day like 2026-03-31', at: { line: 5 } }],
    ['a period reversed', edited('2024-04-01, to: 2029-03-31', '2029-04-01, to: 2024-03-31'), { code: 'agreement-period-reversed' }],
    ['a review after the end', edited('reviewDate: 2026-03-31', 'reviewDate: 2029-04-01'), { code: 'agreement-review-outside-period' }],
    ['a party that is none', edited('to: [bchc]', 'to: [council]'), { code: 'agreement-unknown-party', expected: 'one of uhb, bchc, host', at: { line: 16 } }],
    ['a party twice', edited('id: host', 'id: bchc'), { code: 'agreement-party-repeated' }],
    ['an organisation twice', edited('value: QHL', 'value: RRK'), { code: 'agreement-party-repeated' }],
    ['a clause number twice', valid + valid.slice(valid.indexOf('  - number:')), { code: 'agreement-clause-repeated' }],
    ['a clause that shares with nobody', edited('to: [bchc]', 'to: [uhb]'), { code: 'agreement-shares-with-nobody' }],
    ['a processor that shares', edited('from: [uhb]', 'from: [host]'), { code: 'agreement-processor-shares' }],
    ['a purpose beyond individual care on implied consent', edited('[TREAT]', '[TREAT, HRESCH]'), { code: 'agreement-purpose-needs-consent' }],
    ['oversight of care data', edited('[TREAT]', '[HOPERAT]'), { code: 'agreement-oversight-too-wide' }],
    ['care data for a role that oversees', edited('[nurse]', '[privacy-officer]'), { code: 'agreement-role-not-for-care' }],
    ['an identifier that is no address', edited('system: https://fhir.nhs.uk/Id/ods-organization-code, value: RRK', 'system: ODS, value: RRK'), { code: 'agreement-invalid-value' }],
  ])('is told: %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ category: 'invalid', ...nested(problem) })]);
  });

  it('is told together with every other', () => {
    const text = valid.replace('[nurse]', '[docter]').replace('[TREAT]', '[MARKETING]').replace('title:', 'titel:');
    expect(problemsOf(text).map(({ code }) => code).sort()).toEqual(['agreement-missing-key', 'agreement-unknown-key', 'agreement-unknown-word', 'agreement-unknown-word']);
  });
});

describe('a file that is not the YAML of an agreement', () => {
  it.each([
    ['a duplicate key', `${valid}title: Another title\n`],
    ['a broken list', 'parties: [uhb'],
    ['two documents', `${valid}---\n${valid}`],
    ['an alias', 'title: &t A title\nid: *t'],
    ['lists nested 100,000 deep', '['.repeat(100_000)],
  ])('is refused: %s', (_, text) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems).toEqual(problems.map(() => expect.objectContaining({ category: 'malformed', code: 'agreement-not-yaml' })));
  });

  it.each([
    ['empty', '', 'agreement-wrong-type'],
    ['a plain text', 'hello', 'agreement-wrong-type'],
    ['a prototype', `__proto__: { polluted: true }\n${valid}`, 'agreement-unknown-key'],
    ['too long', ' '.repeat(300_000), 'agreement-too-large'],
  ])('is refused: %s', (_, text, code) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ code })]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

/** Positions may say more than a case expects. */
function nested(problem: object): object {
  return 'at' in problem ? { ...problem, at: expect.objectContaining(problem.at as object) as object } : problem;
}
