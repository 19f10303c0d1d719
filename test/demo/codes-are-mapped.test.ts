import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { demoFiles, type DemoFile } from '../../src/demo/demo-files.ts';

/** More people than the demo has, so that rare codes appear too. */
const files = [...demoFiles({ seed: 1, citizens: 1000 })];
const mappings = new URL('../../mappings/', import.meta.url);
const squash = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();

/** The source values of a kind's table as one partner uses it. */
function sourcesOf(kind: string, partner: string, table: string): (value: string) => boolean {
  const own = new URL(`${kind}/partners/${partner}/tables/${table}.csv`, mappings);
  const file = existsSync(own) ? own : new URL(`${kind}/tables/${table}.csv`, mappings);
  const rows = parse<{ source: string }>(readFileSync(file, 'utf8'), { columns: true });
  const same = table.endsWith('.loose') ? squash : (text: string): string => text;
  const sources = new Set(rows.map((row) => same(row.source)));
  return (value) => sources.has(same(value));
}

/** Every value of a column in CSV files, of a field's first component in HL7 files (`PV1-14`). */
function valuesOf(file: DemoFile, field: string): string[] {
  if (file.feed !== 'uhb-adt') return parse<Record<string, string>>(file.content, { columns: true }).map((row) => row[field] ?? '');
  const [segment, position] = field.split('-');
  return file.content.split('\r').map((line) => line.split('|')).filter(([name]) => name === segment).map((fields) => fields[Number(position)]?.split('^')[0] ?? '');
}

const rio: [string, string, string][] = [
  ['client', 'NNN_Status', 'nhs-number-status'], ['client', 'Gender_Code', 'gender'], ['client', 'Ethnicity_Code', 'ethnicity'],
  ['client', 'Language_Code', 'language.loose'], ['client', 'Marital_Status_Code', 'marital-status'], ['client', 'Main_Carer_Relationship', 'carer-relationship.loose'],
  ['referral', 'Referral_Source', 'referral-source'], ['referral', 'Urgency', 'urgency'], ['referral', 'TeamReferredTo', 'team'], ['referral', 'TeamReferredTo', 'team-component'],
  ['referral', 'DischargeReason', 'discharge-reason'], ['referral', 'RemovalCode', 'removal-reason'],
  ['care-plan', 'Team_Code', 'team'], ['care-plan', 'CarePlanType', 'care-plan-type'], ['care-plan', 'EndReason', 'plan-end-reason'],
  ['cpa', 'CPALevel', 'cpa-level'], ['cpa', 'Team_Code', 'team'], ['cpa', 'Care_Coordinator_User_Role', 'coordinator-role.loose'],
  ['inpatient', 'AdmissionMethod', 'admission-method'], ['inpatient', 'AdmissionSource', 'admission-source'], ['inpatient', 'Ward_Code', 'ward'],
  ['inpatient', 'Ward_Code', 'ward-component'], ['inpatient', 'DischargeMethod', 'discharge-method'], ['inpatient', 'DischargeDestination', 'discharge-destination'],
];
const cld: [string, string][] = [
  ['Gender', 'gender'], ['Ethnicity', 'ethnicity'], ['Client Type', 'client-type'], ['Primary Support Reason', 'primary-support-reason'],
  ['Accommodation Status', 'accommodation-status'], ['Event Outcome', 'event-outcome'], ['Request: Route of Access', 'route-of-access'],
  ['Assessment Type', 'assessment-type'], ['Service Type', 'service-type'], ['Service Component', 'service-component'],
  ['Delivery Mechanism', 'delivery-mechanism'], ['Review Reason', 'review-reason'],
];
const adt: [string, string][] = [
  ['PID-8', 'sex'], ['PID-15', 'language'], ['PID-16', 'marital-status'], ['PID-22', 'ethnic-category'], ['PID-32', 'nhs-number-status'], ['NK1-3', 'relationship'],
  ['PV1-2', 'patient-class'], ['PV1-4', 'admission-method'], ['PV1-10', 'treatment-function'], ['PV1-14', 'source-of-admission'],
  ['PV1-37', 'discharge-destination'], ['PV2-38', 'mode-of-arrival'], ['ZU1-13', 'referral-source'], ['ZU1-14', 'service-type-requested'],
];

describe('codes in the generated files are those the mapping tables know', () => {
  it.each([
    ...adt.map(([field, table]) => ['hl7v2-adt', 'uhb', 'uhb-adt', '', field, table] as const),
    ...cld.map(([field, table]) => ['cld', 'bcc', 'bcc-cld', '', field, `${table}.loose`] as const),
    ...['bchc', 'bsmhft'].flatMap((partner) => rio.map(([part, field, table]) => ['rio', partner, `${partner}-rio`, part, field, table] as const)),
    ['rio', 'bsmhft', 'bsmhft-rio', 'inpatient', 'LegalStatus', 'legal-status'] as const,
  ])('%s of %s: %s %s %s is in %s', (kind, partner, feed, part, field, table) => {
    const known = sourcesOf(kind, partner, table);
    const values = new Set(files.filter((file) => file.feed === feed && file.part === part).flatMap((file) => valuesOf(file, field)).filter(Boolean));
    expect(values.size).toBeGreaterThan(0);
    expect([...values].filter((value) => !known(value))).toEqual([]);
  });
});
