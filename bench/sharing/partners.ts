import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RelationshipKind, SharingCategory } from '../../src/fhir/sharing.ts';

export interface BenchParty {
  /** as an agreement names it */
  id: string;
  system: string;
  value: string;
  /** `system|value` */
  key: string;
}

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** The partners who have people to ask with, and practices up to this many organisations. */
export const organisationCount = 300;
export const hospital = party('uhb', ods, 'RRK');
export const community = party('bchc', ods, 'RYW');
/** keeps no records here and reads by free clauses */
export const council = party('bcc', 'https://fhir.bicp.example/Id/ons-code', 'E08000025');
/** keeps no records here and reads by clauses that need a relationship */
export const mentalHealth = party('bsmhft', ods, 'RXT');
const board = party('icb', ods, 'QHL');
export const practices = Array.from({ length: organisationCount - 5 }, (_, i) => {
  const id = `p${String(i + 1).padStart(3, '0')}`;
  return party(id, 'https://fhir.bicp.example/Id/practice', id.toUpperCase());
});

/** Agreements of one clause each, made to be ended: `ends-1` opens the assessments of the first practice to the council. */
export const endingCount = 20;
export const endingName = (n: number): string => `ends-${n + 1}`;
export const endingVersion = '1.0';

const neighbourhoods = Array.from({ length: 29 }, (_, n) => practices.filter((_, i) => i % 29 === n));
const who: SharingCategory[] = ['identity', 'contacts'];
const care: SharingCategory[] = ['referral', 'episode', 'encounter', 'plan'];
const anyRelationship: RelationshipKind[] = ['episode', 'referral', 'registration', 'care-team'];

interface BenchClause {
  from: readonly BenchParty[];
  to: readonly BenchParty[];
  categories: readonly SharingCategory[];
  relationships?: RelationshipKind[];
  /** for those who keep the agreements, and nobody who gives care */
  oversight?: true;
}

/** With those made to be ended, 200 clauses. */
const clauses: readonly BenchClause[] = [
  { from: [hospital, community], to: [council], categories: [...who, ...care] },
  { from: [hospital, community], to: [mentalHealth], categories: [...who, ...care], relationships: anyRelationship },
  { from: [hospital, community], to: [hospital, community], categories: [...who, ...care] },
  { from: [hospital, community], to: practices, categories: [...who, ...care], relationships: anyRelationship },
  { from: practices, to: [hospital], categories: who },
  { from: practices, to: [community], categories: who },
  ...neighbourhoods.flatMap((near): BenchClause[] => [who, care].flatMap((categories): BenchClause[] => [
    { from: near, to: [council], categories },
    { from: near, to: [mentalHealth], categories, relationships: anyRelationship },
    { from: near, to: near, categories },
  ])),
];
export const clauseCount = clauses.length + endingCount;

const everybody = [hospital, community, council, mentalHealth, board, ...practices];

/** The large agreement as a draft that takes plans and stays from the council and asks the mental health trust for no relationship with near practices. */
export function draftOfEverybody(): string {
  return agreement('everybody', everybody, clauses.map((clause, i) => {
    if (i === 0) return { ...clause, categories: [...who, 'referral', 'episode'] };
    const { relationships: _, ...free } = clause;
    return clause.to[0] === mentalHealth && i > 5 && i < 60 ? free : clause;
  }), '1.1');
}

/** Who may ask what a draft would change. */
export const keeper = board;

/** The agreements as files in a folder of their own, for gateways to register; `remove` when nobody needs it any more. */
export function writeAgreements(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-bench-agreements-'));
  writeFileSync(join(folder, 'everybody.yaml'), agreement('everybody', everybody, clauses));
  writeFileSync(join(folder, 'oversight.yaml'), agreement('oversight', [hospital, board], [{ from: [hospital], to: [board], categories: ['administration'], oversight: true }]));
  practices.slice(0, endingCount).forEach((practice, n) => {
    writeFileSync(join(folder, `${endingName(n)}.yaml`), agreement(endingName(n), [practice, council], [{ from: [practice], to: [council], categories: ['assessment'] }]));
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** JSON is YAML. */
function agreement(id: string, parties: readonly BenchParty[], of: readonly BenchClause[], version = endingVersion): string {
  return JSON.stringify({
    id, version, title: `Agreement ${id} of the benchmark`, period: { from: '2024-04-01', to: '2099-03-31' }, reviewDate: '2098-03-31', lawfulBases: ['invented'],
    parties: parties.map((each) => ({ id: each.id, name: `Organisation ${each.value}`, identifier: { system: each.system, value: each.value }, capacity: each === board ? 'processor' : 'controller', signatoryRole: 'Caldicott Guardian' })),
    clauses: of.map(({ from, to, categories, relationships, oversight }, i) => ({
      number: String(i + 1), text: 'Shares what is named below.', from: from.map((each) => each.id), to: to.map((each) => each.id), purposes: oversight ? ['HOPERAT'] : ['TREAT', 'CAREMGT'],
      roles: oversight ? ['governance'] : ['doctor', 'nurse', 'therapist', 'social-worker', 'coordinator'], categories, consentBasis: 'implied', labels: ['MH'], ...(relationships && { relationships }),
    })),
  }, null, 1);
}

function party(id: string, system: string, value: string): BenchParty {
  return { id, system, value, key: `${system}|${value}` };
}
