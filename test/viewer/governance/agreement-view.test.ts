import { contractFromAgreement } from '../../../src/consent/contract-from-agreement.ts';
import { agreementOf, agreementsOf, clausesNaming, findCited, namedIn, unsignedIn, waitingIn } from '../../../src/viewer/governance/agreement-view.ts';
import { shipped, shippedContracts } from './shipped-contracts.ts';

const now = new Date('2026-11-22T01:00:00Z');
const all = agreementsOf(shippedContracts(now), now);
const named = (id: string) => all.find(({ identifier }) => identifier === id)!;

describe('the register of agreements', () => {
  test('shows those in force first, and each state', () => {
    expect(all.map(({ identifier, state }) => [identifier, state])).toEqual([
      ['bicp-mental-health', 'in-force'], ['bicp-end-of-life', 'in-force'], ['bicp-oversight', 'in-force'], ['bicp-early-intervention', 'in-force'],
      ['draft-safeguarding', 'draft'], ['lapsed-winter-pressures', 'lapsed'],
    ]);
  });

  test('tells the period in London days, the last day included', () => {
    expect(named('bicp-early-intervention').period).toBe('01-Apr-2024 to 31-Mar-2029');
    expect(named('lapsed-winter-pressures').period).toBe('01-Nov-2023 to 31-Mar-2024');
  });

  test('counts the days to the review date', () => {
    expect(named('bicp-early-intervention').review).toEqual({ text: '31-Mar-2027', days: 129 });
    expect(named('lapsed-winter-pressures').review.days).toBeLessThan(0);
  });

  test('does not believe a state that the clock has overtaken', () => {
    const [inForce] = shippedContracts(now).filter(({ id }) => id === 'bicp-early-intervention');
    expect(agreementOf(inForce!, new Date('2029-03-31T22:59:59.999Z')).state).toBe('in-force');
    expect(agreementOf(inForce!, new Date('2029-03-31T23:00:00Z')).state).toBe('lapsed');
    expect(agreementOf(inForce!, new Date('2024-01-01T00:00:00Z')).state).toBe('signed');
  });

  test('a terminated one is told as such, and an unknown state is not taken for "in force"', () => {
    const agreement = shipped('bicp-oversight.yaml');
    const terminated = contractFromAgreement({ agreement, activatedAt: agreement.period.start, terminatedAt: new Date('2026-01-01'), signedBy: [] }, now);
    expect(agreementOf(terminated, now).state).toBe('terminated');
    expect(agreementOf({ ...terminated, legalState: { text: 'else' } }, now).state).toBe('unknown');
  });
});

describe('one agreement', () => {
  test('names who signed, in what office and when', () => {
    const { parties } = named('bicp-early-intervention');
    expect(parties).toHaveLength(24);
    expect(parties.map(({ name }) => name)).toContain('Healthwatch Birmingham');
    expect(parties.find(({ key }) => key.endsWith('|RXT'))).toEqual({ key: 'https://fhir.nhs.uk/Id/ods-organization-code|RXT', name: 'Birmingham and Solihull Mental Health NHS Foundation Trust', role: 'Caldicott Guardian', signedAt: '2024-03-31T23:00:00.000Z' });
  });

  test('tells labels that are excluded from those that are opened, and no role or purpose twice', () => {
    const agreement = shipped('bicp-mental-health.yaml');
    const signed = { agreement, activatedAt: agreement.period.start, terminatedAt: null, signedBy: [] };
    const excluding = { ...agreement, clauses: agreement.clauses.map((clause) => ({ ...clause, excludedLabels: ['SDV'] })) };
    const [before] = agreementOf(contractFromAgreement(signed, now), now).clauses;
    expect(agreementOf(contractFromAgreement({ ...signed, agreement: excluding }, now), now).clauses[0]).toEqual({ ...before, excludedLabels: ['domestic violence'] });
  });

  test('names those a clause names who have not signed', () => {
    expect(named('draft-safeguarding').parties.map(({ name, signedAt }) => [name, signedAt])).toEqual([
      ['Birmingham City Council', undefined], ['Birmingham Community Healthcare NHS Foundation Trust', undefined],
      ['Solihull Metropolitan Borough Council', undefined], ['University Hospitals Birmingham NHS Foundation Trust', undefined],
    ]);
  });

  test('has its lawful bases, its hash, its retention and what it leaves out', () => {
    const { lawfulBases, sha256, retention, exclusions } = named('bicp-early-intervention');
    expect(lawfulBases).toHaveLength(6);
    expect(sha256).toBe(shipped('bicp-early-intervention.yaml').sha256);
    expect(retention).toMatch(/^Each party keeps its own records/);
    expect(exclusions).toHaveLength(7);
  });

  test('has every clause, and no exclusion for one', () => {
    expect(named('bicp-early-intervention').clauses.map(({ number }) => number)).toEqual([
      '1.1', '2.1', '2.2', '2.3', '3.1', '3.2', '4.1', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6', '6.1', '6.2', '7.1', '7.2', '7.3', '7.4', '8.1', '8.2', '9.1', '9.2', '9.3', '10.1', '10.2',
    ]);
  });

  test('is found by what the log cites, in that version only', () => {
    expect(findCited(all, { agreement: 'bicp-oversight', version: '1.0' })?.identifier).toBe('bicp-oversight');
    expect(findCited(all, { agreement: 'bicp-oversight', version: '0.9' })).toBeUndefined();
  });
});

describe('a clause in words', () => {
  const [clause] = named('bicp-mental-health').clauses;

  test('says whose information goes to whom, what, to which roles, for which purposes', () => {
    expect(clause).toMatchObject({
      from: [{ name: 'Birmingham and Solihull Mental Health NHS Foundation Trust' }],
      to: [{ name: 'University Hospitals Birmingham NHS Foundation Trust' }, { name: 'Birmingham Community Healthcare NHS Foundation Trust' }],
      categories: ['mental health care'], roles: ['doctor', 'nurse'], purposes: ['direct care', 'coordination of care', 'emergency care'],
    });
  });

  test('says on which condition, which marks it opens and what a reader is told', () => {
    expect(clause).toMatchObject({
      consent: 'implied', relationship: 'an open episode of care, an open referral or a place in the person’s care team', labels: ['restricted', 'mental health', 'psychiatry'],
      notice: 'The reader is told in general words that something is not shown, not what or whose',
    });
  });

  test('without a relationship, without marks and with explicit consent says that', () => {
    const [voluntary] = named('bicp-early-intervention').clauses.filter(({ number }) => number === '10.1');
    expect(voluntary).toMatchObject({ consent: 'explicit', relationship: undefined, labels: [], notice: 'Nothing is said to the reader' });
  });

  test('says how long what it shares is kept, where it says so itself', () => {
    const kept = (number: string) => named('bicp-early-intervention').clauses.find((each) => each.number === number)?.retention;
    expect(kept('10.1')).toMatch(/^The voluntary organisation deletes/);
    expect(kept('1.1')).toBeUndefined();
  });

  test('has words for every code that ships', () => {
    const said = all.flatMap(({ clauses }) => clauses.flatMap(({ categories, roles, purposes, labels }) => [...categories, ...roles, ...purposes, ...labels]));
    expect(said.filter((word) => /^[A-Z]{2,}$/.test(word) || /^[a-z]+(-[a-z]+)+$|_/.test(word))).toEqual([]);
  });
});

describe('an agreement of which a party has not signed', () => {
  const scheme = 'https://fhir.bicp.example/Id/example-code|nns-ladywood';
  const agreement = shipped('bicp-early-intervention.yaml');
  const signatures = agreement.parties.map(({ organisation }) => organisation).filter((party) => party !== scheme).map((organisation) => ({ organisation, at: agreement.period.start }));
  const registered = { agreement, activatedAt: agreement.period.start, terminatedAt: null, signedBy: signatures.map(({ organisation }) => organisation), signatures };
  const view = agreementOf(contractFromAgreement(registered, now), now);

  test('names it first, and the clauses that share nothing because of it, and no other', () => {
    expect(view.parties[0]).toEqual({ key: scheme, name: 'Neighbourhood Network Scheme Ladywood', role: undefined, signedAt: undefined });
    expect(waitingIn(view)).toEqual(['10.1', '10.2']);
    expect(view.clauses.filter((clause) => unsignedIn(clause, view.parties).length > 0).map(({ number }) => number)).toEqual(['10.1', '10.2']);
  });

  test('that is not in force has no clause that shares nothing "yet"', () => {
    expect(waitingIn({ ...view, state: 'draft' })).toEqual([]);
    expect(waitingIn(named('bicp-early-intervention'))).toEqual([]);
  });
});

describe('the clauses that name one organisation', () => {
  const { clauses } = named('bicp-early-intervention');

  test('are those in which it gives or gets something', () => {
    expect(clausesNaming(clauses, 'https://fhir.nhs.uk/Id/ods-organization-code|RYA').map(({ number }) => number)).toEqual(['6.1', '6.2']);
    expect(clausesNaming(clauses, '')).toEqual(clauses);
  });

  test('are found for everybody who is named, and nobody else is offered', () => {
    const named = namedIn(clauses);
    expect(named.map(({ name }) => name)).toEqual([...named.map(({ name }) => name)].sort((a, b) => a.localeCompare(b, 'en-GB')));
    expect(named.every(({ key }) => clausesNaming(clauses, key).length > 0)).toBe(true);
    expect(named.map(({ name }) => name)).not.toContain('Healthwatch Birmingham');
  });
});
