import { compileGrant } from '../../src/consent/compile-grant.ts';
import { describeRule, explainWithheld, namesFrom } from '../../src/consent/explain.ts';
import { noticeFor } from '../../src/consent/notice-for.ts';
import type { ClassRule, Clause, NoRule, NoticeMode } from '../../src/consent/types.ts';
import type { SharingClass } from '../../src/fhir/sharing.ts';
import { bchc, bsmhft, clause, communityNurse, council, governanceLead, icb, inForce, now, rowOf, uhb } from './sharing-cases.ts';

const names = namesFrom([inForce([clause()])]);
const cited = { agreement: 'test-agreement', version: '1.0', clause: '4.1' };

describe('a rule in words', () => {
  const closed = (reason: NoRule['reason']): ClassRule => ({ kind: 'none', reason, ...cited, notice: 'none' });
  it.each<[ClassRule, string]>([
    [{ kind: 'own' }, 'An organisation sees the records it wrote itself.'],
    [{ kind: 'oversight', ...cited }, 'Clause 4.1 of "Test agreement" (version 1.0) opens this for oversight of sharing.'],
    [{ kind: 'open', ...cited, notice: 'none' }, 'Clause 4.1 of "Test agreement" (version 1.0) shares this with this role for this purpose.'],
    [{ kind: 'related', ...cited, relationships: ['episode', 'referral', 'care-team'], notice: 'none' },
      'Clause 4.1 of "Test agreement" (version 1.0) shares this with an organisation that has a live episode, referral or care team for the person.'],
    [{ kind: 'related', ...cited, relationships: ['episode'], notice: 'none', alternatives: [{ ...cited, clause: '4.2', relationships: ['care-team'] }] },
      'Clause 4.1 of "Test agreement" (version 1.0) shares this with an organisation that has a live episode for the person; '
      + 'so does clause 4.2 of "Test agreement" (version 1.0) with a live care team.'],
    [closed('role'), 'Clause 4.1 of "Test agreement" (version 1.0) shares this sort of information, but not with this role.'],
    [closed('label'), 'Clause 4.1 of "Test agreement" (version 1.0) shares this sort of information, but does not name its sensitivity label.'],
    [closed('lapsed'), 'Clause 4.1 of "Test agreement" (version 1.0) would have shared this, but that agreement is no longer in force.'],
    [{ kind: 'none', reason: 'no-agreement', notice: 'none' }, 'No agreement in force shares records of this custodian with this organisation.'],
  ])('%j', (rule, sentence) => {
    expect(describeRule(rule, names)).toEqual({ effect: rule.kind === 'none' ? 'deny' : 'permit', sentence });
  });
});

describe('what was withheld', () => {
  const clauses = [clause(), clause({ number: '1.2', categories: ['plan'], relationships: ['episode'] }), clause({ number: '1.3', categories: ['contacts'], consentBasis: 'explicit' })];
  const explained = (row: SharingClass, objected: boolean) => {
    const agreements = [inForce(clauses)];
    return explainWithheld(compileGrant({ requester: communityNurse, classes: [row], agreements, generation: 1, now }), row, objected ? { effect: 'objects', consent: 'one' } : null, namesFrom(agreements));
  };

  it.each<[string, SharingClass, boolean, object]>([
    ['because the person objected', rowOf(uhb, 'episode'), true, { rule: 3, reason: 'choice', notice: 'generic', sentence: 'The person has objected to their record being shared.' }],
    ['because there is no relationship', rowOf(uhb, 'plan'), false, { rule: 6, reason: 'relationship', clause: '1.2', notice: 'generic' }],
    ['because nobody recorded a consent', rowOf(uhb, 'contacts'), false, { rule: 6, reason: 'consent', clause: '1.3', notice: 'generic' }],
    ['because of a label, before the objection', rowOf(uhb, 'episode', 'legal-restriction'), true, { rule: 2, reason: 'label', clause: '1.1', notice: 'generic' }],
    ['because nobody agreed on it', rowOf(council, 'episode'), false, { rule: 6, reason: 'no-agreement', notice: 'none' }],
    ['because nobody classified it', rowOf(uhb, 'unclassified'), false, { rule: 6, reason: 'unclassified', notice: 'none' }],
    ['because the permit had run out', rowOf(uhb, 'episode'), false, { rule: 6, reason: 'stale' }],
  ])('is explained: %s', (_, row, objected, decision) => expect(explained(row, objected)).toMatchObject({ effect: 'deny', ...decision }));

  it('of a class the grant does not know is explained as closed', () => {
    const grant = compileGrant({ requester: communityNurse, classes: [], agreements: [inForce(clauses)], generation: 1, now });
    expect(explainWithheld(grant, rowOf(uhb, 'episode'), null, names)).toMatchObject({ effect: 'deny', reason: 'no-agreement', notice: 'none' });
  });

  it('from oversight is not explained by the person’s objection', () => {
    const grant = compileGrant({ requester: governanceLead, classes: [rowOf(uhb, 'identity')], agreements: [], generation: 1, now });
    expect(explainWithheld(grant, rowOf(uhb, 'identity'), { effect: 'objects', consent: 'one' }, names)).toMatchObject({ rule: 6, reason: 'no-agreement' });
  });
});

describe('the notice of what is withheld', () => {
  /** one row class of each custodian, withheld from the nurse under a clause with this notice */
  function notice(modes: [string, NoticeMode][], count = 1) {
    const classes = modes.map(([custodian], index) => ({ ...rowOf(custodian, 'mental-health'), id: index + 1 }));
    const clauses = modes.map(([custodian, mode], index): Clause => clause({ number: `${index + 1}`, from: [custodian], roles: ['doctor'], categories: ['mental-health'], notice: mode }));
    const agreements = [inForce(clauses)];
    const grant = compileGrant({ requester: communityNurse, classes, agreements, generation: 1, now });
    return noticeFor(classes.map(({ id }) => ({ classId: id, count })), grant, new Map(classes.map((each) => [each.id, each])), namesFrom(agreements));
  }

  it.each<[string, [string, NoticeMode][], unknown]>([
    ['is silence when nothing is withheld', [], 'none'],
    ['is silence when the clause says none', [[uhb, 'none']], 'none'],
    ['is generic when one clause says so', [[uhb, 'none'], [council, 'generic']], 'generic'],
    ['names only organisations whose clause says so, once each', [[uhb, 'generic'], [council, 'organisation'], [bsmhft, 'organisation'], [bsmhft, 'organisation'], [icb, 'none']],
      { organisations: ['Name of E08000025', 'Name of RXT'] }],
  ])('%s', (_, modes, expected) => expect(notice(modes)).toEqual(expected));

  it('is silence when there are no rows', () => expect(notice([[uhb, 'organisation']], 0)).toBe('none'));
});

it('names come from the agreements', () => {
  expect(names.organisations.get(bchc)).toBe('Name of RYW');
  expect(names.agreements.get('test-agreement/1.0')).toBe('Test agreement');
});
