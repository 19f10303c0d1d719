import { agreementsOf } from '../../../src/viewer/governance/agreement-view.ts';
import { flowsOf, givenBy, organisationsIn, receivedBy } from '../../../src/viewer/governance/flows.ts';
import { shippedContracts } from './shipped-contracts.ts';

const now = new Date('2026-11-22T01:00:00Z');
const agreements = agreementsOf(shippedContracts(now), now);
const flows = flowsOf(agreements);
const council = 'https://fhir.bicp.example/Id/ons-code|E08000025';
const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const mentalHealth = `${ods}|RXT`;

const clausesOf = (groups: ReturnType<typeof receivedBy>) => Object.fromEntries(groups.map(({ other, flows: each }) => [other.name, each.map(({ agreement, clause }) => `${agreement.id} ${clause.number}`)]));

describe('who gets what from whom', () => {
  test('counts agreements in force and nothing else', () => {
    expect(new Set(flows.map(({ agreement }) => agreement.id))).toEqual(new Set(['bicp-early-intervention', 'bicp-end-of-life', 'bicp-mental-health', 'bicp-oversight']));
    expect(organisationsIn(flows).map(({ name }) => name)).not.toContain('Healthwatch Birmingham');
    expect(flows.filter(({ clause }) => clause.categories.includes('safeguarding'))).toEqual([]);
    expect(flowsOf(agreements.filter(({ state }) => state !== 'in-force'))).toEqual([]);
  });

  test('an organisation gets nothing from itself', () => {
    expect(flows.filter(({ from, to }) => from.key === to.key)).toEqual([]);
  });

  test('what the council gets, by the one it gets it from, with every clause', () => {
    const ofFour = new Set([`${ods}|RYW`, mentalHealth, `${ods}|QHL`, `${ods}|RRK`]);
    expect(clausesOf(receivedBy(flows, council).filter(({ other }) => ofFour.has(other.key)))).toEqual({
      'Birmingham Community Healthcare NHS Foundation Trust': ['bicp-oversight 1.2', 'bicp-early-intervention 1.1', 'bicp-early-intervention 2.2', 'bicp-early-intervention 4.1'],
      'Birmingham and Solihull Mental Health NHS Foundation Trust': ['bicp-oversight 1.2', 'bicp-early-intervention 1.1', 'bicp-early-intervention 2.3'],
      'NHS Birmingham and Solihull Integrated Care Board': ['bicp-oversight 1.2'],
      'University Hospitals Birmingham NHS Foundation Trust': ['bicp-oversight 1.2', 'bicp-early-intervention 1.1', 'bicp-early-intervention 2.1', 'bicp-early-intervention 4.1'],
    });
    expect(clausesOf(receivedBy(flows, council))['Neighbourhood Network Scheme Edgbaston']).toEqual(['bicp-early-intervention 10.2']);
  });

  test('no mental health record reaches the council', () => {
    expect(flows.filter(({ to, clause }) => to.key === council && clause.categories.includes('mental health care'))).toEqual([]);
  });

  test('the other way round: who gets what the mental health trust knows', () => {
    const given = givenBy(flows, mentalHealth);
    expect(given.map(({ other }) => other.name)).toContain('NHS Birmingham and Solihull Integrated Care Board');
    expect(clausesOf(given)['University Hospitals Birmingham NHS Foundation Trust']).toEqual(['bicp-mental-health 1.1', 'bicp-oversight 1.2', 'bicp-early-intervention 1.1', 'bicp-early-intervention 2.3']);
  });

  test('both ways tell the same flows', () => {
    const keys = organisationsIn(flows).map(({ key }) => key);
    const count = (groups: ReturnType<typeof receivedBy>): number => groups.reduce((sum, { flows: each }) => sum + each.length, 0);
    expect(keys.reduce((sum, key) => sum + count(receivedBy(flows, key)), 0)).toBe(flows.length);
    expect(keys.reduce((sum, key) => sum + count(givenBy(flows, key)), 0)).toBe(flows.length);
  });

  test('a party that has not signed is named beside the clause it holds up', () => {
    const unsigned = agreements.map((agreement) => ({ ...agreement, parties: agreement.parties.map((party) => (party.key === council ? { ...party, signedAt: undefined } : party)) }));
    const withCouncil = flowsOf(unsigned).filter(({ clause }) => [...clause.from, ...clause.to].some(({ key }) => key === council));
    expect(withCouncil.length).toBeGreaterThan(0);
    expect(withCouncil.every(({ unsigned: names }) => names.join() === 'Birmingham City Council')).toBe(true);
  });
});
