import type { Patient } from '@medplum/fhirtypes';
import { accessReportPage } from '../../../src/edge/access-report/page.ts';
import { sayLine } from '../../../src/edge/access-report/say-line.ts';
import { fill, reportWords, wordsFor, type ReportWords } from '../../../src/edge/access-report/words.ts';
import type { AccessReport, ReportLine } from '../../../src/flow/audit/release-access-report.ts';
import { purposes, sharingCategories, sharingRoles } from '../../../src/fhir/sharing.ts';

const [english] = reportWords as [ReportWords];
const line: ReportLine = {
  first: '2026-04-05T13:02:00.000Z', last: '2026-04-05T13:02:00.000Z', looks: 1, by: 'person', organisation: 'urn:o|1', organisationName: 'The Trust', role: 'nurse', purpose: 'TREAT', kind: 'look', outcome: 'shown',
  emergency: [], categories: { plan: 2, identity: 1 }, keptBack: false, reasons: [{ effect: 'permit', rule: '4', agreement: 'a', version: '1', clause: '4.1', title: 'Early <help>', text: 'Nurses see plans.' }],
};
const patient: Patient = { resourceType: 'Patient', name: [{ given: ['Alice'], family: '<b>Ash</b>' }], birthDate: '1950-04-01', identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743' }] };
const report: AccessReport = {
  citizen: 'c', patient, madeAt: new Date('2026-11-22T10:00:00Z'), from: new Date('2026-03-31T23:00:00Z'), to: new Date('2026-04-30T23:00:00Z'), seenBy: null, lines: [line], olderThan: null, heldBack: [{ rule: 'crime', looks: 3 }],
  rules: [{ code: 'crime', title: { 'en-GB': 'Crime' }, law: 'An Act', roles: ['governance'], reviewWithinMonths: 3 }],
};
const pageOf = (change: Partial<AccessReport> = {}, words = english): string => accessReportPage({ ...report, ...change }, (key) => (key === 'urn:o|1' ? 'The "Trust"' : key), words).text;

describe('a line in words', () => {
  it('says who, what, why and when, each whole by itself', () => {
    expect(sayLine(line, 'The Trust', english)).toEqual({
      when: '05-Apr-2026 14:02', who: 'Nurse, The Trust', what: ['Looked at the record', 'They saw: who you are and care plans.'], emergency: false,
      why: ['To treat or care for you', 'Clause 4.1 of “Early <help>” allows it: Nurses see plans.'], outcome: ['Information was shown.'],
    });
  });

  it.each<[string, Partial<ReportLine>, Partial<ReturnType<typeof sayLine>>]>([
    ['several looks', { last: '2026-04-05T14:30:00.000Z', looks: 3, categories: {} }, { when: '05-Apr-2026 14:02 to 05-Apr-2026 15:30', what: ['Looked at the record', '3 times'] }],
    ['a refusal by a choice', { outcome: 'refused', categories: {}, reasons: [{ effect: 'deny', rule: '3' }, { effect: 'permit', rule: '1' }] }, { why: ['To treat or care for you', 'You chose not to share this.'], outcome: ['It was refused. Nothing was shown.'] }],
    ['emergency access', { emergency: ['EA-1'], keptBack: true, reasons: [] }, { emergency: true, why: ['To treat or care for you', 'Emergency access was used. See the note on emergency access.'], outcome: ['Information was shown.', 'Some information was not shown to them.'] }],
    ['a system', { by: 'system', role: 'integration' }, { who: 'A computer system of The Trust, no person' }], ['nobody known', { by: 'nobody', organisation: null, role: null, purpose: null, reasons: [] }, { who: 'Somebody who did not show who they are', why: ['No reason was given'] }],
    ['a job nobody has words for', { role: 'wizard' }, { who: 'Somebody at The Trust' }], ['winter', { first: '2026-01-05T13:02:00.000Z', last: '2026-01-05T13:02:00.000Z' }, { when: '05-Jan-2026 13:02' }],
    ['a clause nobody has the text of', { reasons: [{ effect: 'permit', rule: '4', agreement: 'gone', version: '1', clause: '9' }] }, { why: ['To treat or care for you', 'Clause 9 of “gone” allows it.'] }],
  ])('tells %s', (_, change, expected) => {
    expect(sayLine({ ...line, ...change }, 'The Trust', english)).toMatchObject(expected);
  });
});

describe('the page', () => {
  it('is about one citizen and one time, and nothing in it is markup of anybody else', () => {
    const page = pageOf();
    for (const part of ['<html lang="en-GB" dir="ltr">', 'This page is about Alice &#60;b&#62;Ash&#60;/b&#62;.', 'Born 01-Apr-1950', 'NHS number 999 000 0743', 'Looks from 01-Apr-2026 up to 30-Apr-2026', 'Nurse, The &#34;Trust&#34;', 'Early &#60;help&#62;', 'Crime (An Act)']) expect(page).toContain(part);
    expect(page).not.toMatch(/<b>|<help>|<script/);
  });

  it('does not tell the citizen that, or how many, looks are held back', () => {
    expect(pageOf()).toBe(pageOf({ heldBack: [] }));
  });

  it('says when nobody has looked, when not all fits, and whose part of the log it is', () => {
    expect(pageOf({ lines: [] })).toContain('Nobody has looked in this time.');
    expect(pageOf({ olderThan: { at: '2026-04-01T10:00:00.000Z', seq: 5 } })).toContain('before 01-Apr-2026 11:00 than');
    expect(pageOf({ seenBy: 'urn:o|1', from: null, to: null })).toMatch(/All looks up to the day this was made[^]*the part of the log that The &#34;Trust&#34; may read/);
  });

  it('stands in another language and from the other side, with no word of this one', () => {
    const marked = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/[^{}]+(?![^{]*\})/g, 'ש') : Array.isArray(value) ? value.map(marked) : Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, marked(each)])));
    const hebrew = { ...(marked(english) as ReportWords), language: 'he', direction: 'rtl' as const };
    const page = pageOf({ lines: [line, { ...line, looks: 2, outcome: 'refused', emergency: ['EA-1'], by: 'system' }], rules: [] }, hebrew);
    expect(page).toContain('<html lang="he" dir="rtl">');
    const said = page.replace(/<[^>]*>/g, ' ').replace(/Alice|Ash|b|The|Trust|Early|help|Nurses see plans\.|UTF|\d/g, '');
    expect(said.match(/[A-Za-z]{3,}/g)).toBeNull();
  });
});

describe('the words', () => {
  it('are there for every role, purpose and category', () => {
    for (const words of reportWords) {
      expect(Object.keys(words.roles).sort()).toEqual([...sharingRoles].sort());
      expect(Object.keys(words.purposes).sort()).toEqual([...purposes].sort());
      expect(Object.keys(words.categories).sort()).toEqual([...sharingCategories, 'unclassified'].sort());
    }
  });

  it.each([[undefined, 'en-GB'], ['', 'en-GB'], ['fr', 'en-GB'], ['fr, en;q=0.5', 'en-GB'], ['he-IL,en', 'he'], ['*', 'en-GB']])('for %j are %s', (accepted, language) => {
    expect(wordsFor(accepted, [english, { ...english, language: 'he' }]).language).toBe(language);
  });

  it('refuse to leave a gap', () => {
    expect(() => fill('{a} and {b}', { a: 'x' })).toThrow('{b}');
    expect(fill('{a}', { a: '{b}' })).toBe('{b}');
  });
});
