import fc from 'fast-check';
import { compileGrant } from '../../src/consent/compile-grant.ts';
import { decide } from '../../src/consent/decide.ts';
import { explainOpened, explainWithheld, namesFrom } from '../../src/consent/explain.ts';
import type { Decision, Grant } from '../../src/consent/types.ts';
import type { SharingClass } from '../../src/fhir/sharing.ts';
import { permittingRule, refusedBy } from './permitting-rule.ts';
import { sharingCase, tellingChoices } from './random-sharing.ts';
import type { SharingCase } from './random-sharing.ts';

const at = new Date('2026-06-01T12:00:00Z');
const cases = sharingCase(at, 60_000);
const telling = tellingChoices(at, 60_000);

const compiled = ({ requester, classes, agreements, now }: SharingCase): Grant => compileGrant({ requester, classes, agreements, generation: 1, now });

function referenceDecision(world: SharingCase, sharingClass: SharingClass): Decision {
  return decide({ ...world, sharingClass });
}

function decisionByGrant(grant: Grant, world: SharingCase, sharingClass: SharingClass): Decision {
  const names = namesFrom(world.agreements);
  const rule = permittingRule(grant, sharingClass, world);
  if (rule) return explainOpened(rule, names);
  const { notice: _, ...decision } = explainWithheld(grant, sharingClass, refusedBy(sharingClass, world), names);
  return decision;
}

/** The same answer, clause and sentence, for every class of the world. */
function expectAgreement(grant: Grant, world: SharingCase): void {
  for (const sharingClass of world.classes) expect(decisionByGrant(grant, world, sharingClass)).toEqual(referenceDecision(world, sharingClass));
}

describe('a compiled grant', () => {
  it('gives the answer of the reference, with the same clause and sentence, in 5,000 random worlds', () => {
    fc.assert(fc.property(cases, (world) => expectAgreement(compiled(world), world)), { numRuns: 5_000 });
  });

  it('stays right until the instant it says it is valid', () => {
    fc.assert(fc.property(cases, fc.integer({ min: 0, max: 300_000 }), (world, ms) => {
      const grant = compiled(world);
      const later = Math.min(at.getTime() + ms, (grant.validUntil?.getTime() ?? Infinity) - 1);
      expectAgreement(grant, { ...world, now: new Date(later) });
    }), { numRuns: 2_000 });
  });

  it('puts a class into one list at most, and into none that the rules do not name', () => {
    fc.assert(fc.property(cases, (world) => {
      const grant = compiled(world);
      const related = grant.related.map(({ classId }) => classId);
      const consented = new Set([...grant.explicit, ...grant.explicitRelated.map(({ classId }) => classId)]);
      const listed = [...grant.exempt, ...grant.open, ...related, ...consented.difference(new Set(related))];
      expect(new Set(listed).size).toBe(listed.length);
      expect(listed.toSorted()).toEqual([...grant.rules].filter(([, rule]) => rule.kind !== 'none').map(([id]) => id).toSorted());
    }), { numRuns: 1_000 });
  });
});

describe('the random worlds', () => {
  it('reach every decision the rules can make', () => {
    const reached = fc.sample(cases, { numRuns: 5_000, seed: 1 }).flatMap((world) => world.classes.map((each) => referenceDecision(world, each)));
    expect([...new Set(reached.map(({ effect, rule, reason }) => `${rule} ${effect} ${reason}`))].sort()).toEqual([
      '1 permit own',
      '2 deny category', '2 deny label', '2 deny lapsed', '2 deny no-agreement', '2 deny purpose', '2 deny role', '2 deny unclassified', '2 deny unsigned',
      '3 deny choice',
      '4 permit clause', '4 permit oversight',
      '5 permit emergency',
      '6 deny category', '6 deny consent', '6 deny lapsed', '6 deny no-agreement', '6 deny purpose', '6 deny relationship', '6 deny role', '6 deny unclassified', '6 deny unsigned',
    ]);
  });

  /** Each hands the compiler a world with one fact bent, as a compiler that gets this fact wrong would see it; under choices that tell, where few do. */
  const wrong: [string, (world: SharingCase) => SharingCase, choices?: SharingCase['choices'] | undefined][] = [
    ['labels', (world) => ({ ...world, classes: world.classes.map((each) => ({ ...each, labels: [] })) })],
    ['labels that are excluded', (world) => withClauses(world, ({ excludedLabels: _excluded, ...rest }) => ({ ...rest, excludedLabels: [] }))],
    ['the direction', (world) => withClauses(world, ({ from, to }) => ({ from: to, to: from }))],
    ['relationships', (world) => ({
      ...world, relationships: world.relationships.map((each) => ({ ...each, organisation: world.requester.organisation })),
    })],
    ['the end of a period', (world) => ({ ...world, agreements: world.agreements.map((each) => ({
      ...each, agreement: { ...each.agreement, period: { ...each.agreement.period, end: new Date(8e15) } },
    })) })],
    ['signatures', (world) => ({ ...world, agreements: world.agreements.map((each) => ({
      ...each, signedBy: each.agreement.parties.map(({ organisation }) => organisation),
    })) })],
    ['choices', (world) => ({ ...world, choices: [] })],
    ['what is an exception to what', (world) => ({ ...world, choices: world.choices.map((each) => ({ ...each, overrides: [] })) })],
    ['in which Consent a provision stands', (world) => ({ ...world, choices: world.choices.map((each) => ({ ...each, consent: 'one' })) }), telling[4]],
    ['that an opt-out gives way', (world) => ({ ...world, choices: world.choices.map((each) => ({ ...each, optOut: false })) }), telling[5]],
    ['the single record', (world) => ({ ...world, record: undefined })],
    ['emergency access', (world) => ({ ...world, emergency: true })],
    ['the role', (world) => withClauses(world, () => ({ roles: [world.requester.role] }))],
    ['the purpose', (world) => withClauses(world, () => ({ purposes: [world.requester.purpose] }))],
  ];
  it.each(wrong)('catch a compiler that gets %s wrong', (...[, distort, choices]) => { // of a row without choices, a third parameter would be taken for a callback to wait for
    const outcome = fc.check(fc.property(choices ? cases.map((world) => ({ ...world, choices })) : cases, (world) => {
      const distorted = distort(world);
      const grant = compiled(distorted);
      for (const sharingClass of world.classes) {
        expect(permittingRule(grant, sharingClass, distorted) !== undefined).toBe(referenceDecision(world, sharingClass).effect === 'permit');
      }
    }), { numRuns: 5_000, seed: 1, endOnFailure: true });
    expect(outcome.failed).toBe(true);
  });
});

function withClauses(world: SharingCase, change: (clause: SharingCase['agreements'][number]['agreement']['clauses'][number]) => object): SharingCase {
  return { ...world, agreements: world.agreements.map((each) => ({
    ...each, agreement: { ...each.agreement, clauses: each.agreement.clauses.map((clause) => ({ ...clause, ...change(clause) })) },
  })) };
}
