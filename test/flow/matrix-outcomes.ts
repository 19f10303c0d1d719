import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassFacts } from '../../src/store/record/sharing-classes.ts';
import { bchc, bsmhft, council, icb, uhb } from '../consent/sharing-cases.ts';

/** One way in which a decision can come out, with a citizen of its own on whom it does. */
export interface Outcome {
  key: string;
  /** as the table calls it */
  name: string;
  who: 'community-nurse' | 'governance-lead';
  /** of the row that is asked for */
  row: ClassFacts;
  /** a relationship of the asking organisation that goes on, or has ended */
  relationship?: 'live' | 'ended';
  choice?: 'denies' | 'objects' | 'permits';
  emergency?: true;
  /** every request finds a grant that was compiled before the policy changed */
  stale?: true;
  /** the agreement that ends once the row was seen under it */
  ends?: string;
  /** the combining rule that must decide, and what it must say */
  rule: number;
  says: RegExp;
}

const of = (category: ClassFacts['category'], labels: string[] = [], custodian = uhb): ClassFacts => ({ custodian, category, labels });
const nurse = 'community-nurse' as const;

export const outcomes: readonly Outcome[] = [
  { key: 'own', name: 'own record', who: nurse, row: of('referral', ['legal-restriction'], bchc), choice: 'objects', rule: 1, says: /it wrote itself/ },
  { key: 'oversight', name: 'oversight', who: 'governance-lead', row: of('administration'), choice: 'objects', rule: 4, says: /for oversight of sharing/ },
  { key: 'care-overseen', name: 'oversight of care data', who: 'governance-lead', row: of('referral'), rule: 6, says: /./ },
  { key: 'clause', name: 'a clause shares it', who: nurse, row: of('referral'), rule: 4, says: /shares this with this role/ },
  { key: 'named-label', name: 'a label its clause names', who: nurse, row: of('mental-health', ['PSY']), rule: 4, says: /shares this with this role/ },
  { key: 'related', name: 'live relationship', who: nurse, row: of('episode'), relationship: 'live', rule: 4, says: /has a live episode/ },
  { key: 'unrelated', name: 'no relationship', who: nurse, row: of('episode'), rule: 6, says: /asks for a live episode/ },
  { key: 'once-related', name: 'ended relationship', who: nurse, row: of('episode'), relationship: 'ended', rule: 6, says: /asks for a live episode/ },
  { key: 'consented', name: 'explicit consent given', who: nurse, row: of('voluntary'), choice: 'permits', rule: 4, says: /explicit consent/ },
  { key: 'not-consented', name: 'explicit consent missing', who: nurse, row: of('voluntary'), rule: 6, says: /none is recorded/ },
  { key: 'denied', name: 'choice against this organisation', who: nurse, row: of('referral'), choice: 'denies', rule: 3, says: /chosen not to share/ },
  { key: 'objected', name: 'general objection', who: nurse, row: of('referral'), choice: 'objects', rule: 3, says: /objected/ },
  { key: 'label', name: 'a label no clause names', who: nurse, row: of('referral', ['PSY']), rule: 2, says: /sensitivity label/ },
  { key: 'restricted', name: 'legal restriction', who: nurse, row: of('referral', ['legal-restriction']), rule: 2, says: /sensitivity label/ },
  { key: 'dissent', name: 'dissent kept at the source', who: nurse, row: of('referral', ['source-dissent']), rule: 2, says: /sensitivity label/ },
  { key: 'location', name: 'hidden location', who: nurse, row: of('referral', ['LOCIS']), rule: 2, says: /sensitivity label/ },
  { key: 'unclassified', name: 'unclassified', who: nurse, row: of('unclassified'), rule: 6, says: /what sort of information/ },
  { key: 'other-category', name: 'a category nobody shares', who: nurse, row: of('safeguarding'), rule: 6, says: /this sort of information with this organisation/ },
  { key: 'other-role', name: 'another role', who: nurse, row: of('plan'), rule: 6, says: /not with this role/ },
  { key: 'other-purpose', name: 'another purpose', who: nurse, row: of('encounter', [], council), rule: 6, says: /purpose of use/ },
  { key: 'no-agreement', name: 'no agreement', who: nurse, row: of('referral', [], 'https://fhir.nhs.uk/Id/ods-organization-code|ZZ999'), rule: 6, says: /No agreement in force/ },
  { key: 'lapsed', name: 'lapsed agreement', who: nurse, row: of('assessment'), rule: 6, says: /no longer in force/ },
  { key: 'unsigned', name: 'unsigned agreement', who: nurse, row: of('contacts'), rule: 6, says: /has signed/ },
  { key: 'emergency', name: 'emergency instead of a relationship', who: nurse, row: of('episode'), emergency: true, rule: 5, says: /emergency access/ },
  { key: 'emergency-objected', name: 'emergency against an objection', who: nurse, row: of('referral'), choice: 'objects', emergency: true, rule: 4, says: /shares this with this role/ },
  { key: 'emergency-denied', name: 'emergency against a narrower choice', who: nurse, row: of('referral'), choice: 'denies', emergency: true, rule: 3, says: /chosen not to share/ },
  { key: 'emergency-label', name: 'emergency against a label', who: nurse, row: of('referral', ['legal-restriction']), emergency: true, rule: 2, says: /sensitivity label/ },
  { key: 'stale', name: 'grant out of date, still shared', who: nurse, row: of('referral'), stale: true, rule: 4, says: /shares this with this role/ },
  { key: 'stale-ended', name: 'grant out of date, no longer shared', who: nurse, row: of('social-care'), stale: true, ends: 'matrix-ended', rule: 6, says: /no longer in force/ },
];

const parties = { uhb, bchc, bsmhft, council, icb };
const care = { from: ['uhb'], to: ['bchc'], purposes: ['TREAT'], roles: ['nurse', 'integration'], consentBasis: 'implied' };

/** A folder of agreements under which each outcome comes out for its own reason. */
export function writeMatrixAgreements(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const write = (id: string, clauses: object[], period = { from: '2024-04-01', to: '2029-03-31' }): void => writeFileSync(join(folder, `${id}.yaml`), JSON.stringify({
    id, version: '1.0', title: `Agreement ${id}`, period, reviewDate: period.to, lawfulBases: ['UK GDPR Article 6(1)(e)'],
    parties: Object.entries(parties).map(([party, organisation]) => ({ id: party, name: `Name of ${party}`, identifier: { system: organisation.split('|')[0], value: organisation.split('|')[1] }, capacity: 'controller', signatoryRole: 'Caldicott Guardian' })),
    clauses: clauses.map((clause, i) => ({ number: `1.${i + 1}`, text: 'For the matrix.', ...care, ...clause })),
  }));
  write('matrix-sharing', [
    { categories: ['referral'] }, { categories: ['mental-health'], labels: ['PSY'] }, { categories: ['episode'], relationships: ['episode'] }, { categories: ['voluntary'], consentBasis: 'explicit' },
    { categories: ['plan'], roles: ['doctor'] }, { from: ['council'], categories: ['encounter'], purposes: ['COC'] },
  ]);
  write('matrix-lapsed', [{ categories: ['assessment'] }], { from: '2023-01-01', to: '2023-12-31' });
  write('matrix-unsigned', [{ categories: ['contacts'] }]);
  write('matrix-ended', [{ categories: ['social-care'] }]);
  const oversight = 'bicp-oversight.yaml';
  writeFileSync(join(folder, oversight), readFileSync(join(import.meta.dirname, '../../agreements', oversight), 'utf8'));
  return folder;
}
