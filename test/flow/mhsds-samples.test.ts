import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openEmptyPglite } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { sharedSamples } from '../shared-data.ts';
import { sendFile, type IntakeOutcome } from './intake-outcome.ts';
import { csvFile } from './partner-rows.ts';

type Row = { [name: string]: string };
const samples = sharedSamples('mhsds_synth/data');
const table = (name: string): Row[] => parse(readFileSync(join(samples.path, `${name}.csv`), 'utf8'), { columns: true });

/** Public synthetic tables of about this form, with mistakes made on purpose: every row is taken or refused with a reason. */
samples.describe('public mental health samples', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await openEmptyPglite());
  });
  afterAll(() => gateway.close());

  const send = (part: string, rows: Row[]): Promise<IntakeOutcome> => sendFile(gateway, 'bsmhft-mhsds', part, csvFile(gateway, 'bsmhft-mhsds', part, rows));

  it('none crashes, none vanishes', async () => {
    const patients = table('patients');
    const referrals = table('referrals');
    const key = (row: Row | undefined): string => patients.find((patient) => patient['patient_id'] === row?.['patient_id'])?.['local_patient_id'] ?? '';
    const outcomes = [
      await send('person', patients.map((row) => ({
        localPatientId: row['local_patient_id'] ?? '', nhsNumber: row['nhs_number'] ?? '', personBirthDate: row['date_of_birth'] ?? '', gender: row['gender_code'] ?? '', ethnicCategory: row['ethnicity_code'] ?? '', postcode: row['postcode'] ?? '',
      }))),
      await send('referral', referrals.map((row) => ({
        localPatientId: key(row), serviceRequestId: row['referral_id'] ?? '', careProfTeamLocalId: 'CRISIS', referralRequestReceivedDate: row['referral_date'] ?? '', servDischDate: row['discharge_date'] ?? '',
      }))),
      await send('care-contact', table('care_contacts').map((row) => ({
        localPatientId: key(referrals.find((referral) => referral['referral_id'] === row['referral_id'])), careContactId: row['contact_id'] ?? '', serviceRequestId: row['referral_id'] ?? '', careContDate: row['contact_date'] ?? '',
      }))),
    ];
    for (const { counts, rows, told } of outcomes) {
      const refused = rows.filter(({ state }) => state === 'quarantined');
      expect(rows.length).toBeGreaterThan(100);
      expect(rows.filter(({ state }) => !['stored', 'unchanged', 'quarantined'].includes(state))).toEqual([]);
      expect(refused.filter(({ problems }) => !problems.some(({ severity = 'error', code }) => severity === 'error' && code !== 'intake-failed'))).toEqual([]);
      const reasons = Object.entries(Object.groupBy(refused.flatMap(({ problems }) => problems.filter(({ severity = 'error' }) => severity === 'error')), ({ code }) => code)).map(([code, all]) => `${code} ${all?.length}`);
      console.info(`received ${counts['received']}, stored ${counts['stored']}, unchanged ${counts['unchanged']}, quarantined ${counts['quarantined']}: ${reasons.join(', ')}`);
      expect(told.length > 0).toBe(rows.some(({ problems }) => problems.length > 0));
    }
  });
});
