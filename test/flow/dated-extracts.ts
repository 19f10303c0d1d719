import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeZip } from '../../src/intake/package/write-zip.ts';
import type { Gateway } from '../gateway.ts';
import { projectRoot } from '../intake/adt.ts';
import { csvFile } from './partner-rows.ts';

/** Extracts that say all there is of one person each, the later the number the newer: what kinds send that are no patches. */
export interface DatedExtract {
  feed: string;
  part: string;
  /** whose extract it is, by the sender's id */
  personKey: string;
  /** each also speaks of something of its own day, which is new whenever it comes */
  ofItsDay?: true;
  /** `n`: 1 to 9; of which the person's record alone holds `mark(n)` */
  extract: (gateway: Gateway, n: number) => string | Uint8Array;
}

export const mark = (n: number): string => `${['One', 'Two', 'Tri'][n - 1] ?? ''}sam`;

const row = (feed: string, part: string, personKey: string, of: (n: number) => { [name: string]: string }): DatedExtract =>
  ({ feed, part, personKey, extract: (gateway, n) => csvFile(gateway, feed, part, [of(n)]) });

export const readExample = (path: string): string => readFileSync(join(projectRoot, 'mappings', path), 'utf8');

export const datedExtracts: DatedExtract[] = [
  row('bchc-rio', 'client', 'D1', (n) => ({ clientId: 'D1', familyName: mark(n), dateOfBirth: '1941-05-17', lastUpdated: `2024-03-0${n} 09:12:44` })),
  row('bsmhft-mhsds', 'person', 'D2', (n) => ({ localPatientId: 'D2', personBirthDate: '1941-05-17', gender: '2', postcode: mark(n), reportingPeriodEndDate: `2024-0${n}-28` })),
  row('cocoagrove-emis', 'patient', 'D3', (n) => ({
    patientGuid: 'D3', surname: mark(n), dateOfBirth: '1941-05-17', dummyType: 'false', deleted: 'false', spineSensitive: 'false', isConfidential: 'false', processingId: String(8 + n),
  })),
  row('birmhospice-epaccs', 'person', 'D4', (n) => ({ patientId: 'D4', surname: mark(n), dateOfBirth: '1941-05-17', careStart: '2024-01-01', consentToShare: 'Yes', extracted: `2024-0${n}-28` })),
  { ...row('bvsc-nns', '', 'D5', (n) => ({ personRef: 'D5', date: `0${n}/03/2024`, surname: mark(n), dateOfBirth: '17/05/1941', consentGiven: 'Y', consentDate: '01/03/2024' })), ofItsDay: true },
  {
    feed: 'bcc-cld', part: '', personKey: 'D6',
    extract: (_, n) => readExample('cld/examples/alice-discharge-package/input.csv').split('\n').slice(0, 2).join('\n').replace('2024-03-31', `2024-0${n + 2}-28`).replace('9990000743', '').replace('BCC0012345', 'D6').replace('Okafor', mark(n)).replace('RQ-5001', 'RQ-D6'),
  },
  { feed: 'rowanhouse-residents', part: 'residents', personKey: 'D7', extract: (_, n) => residents([['D7', n]]) },
  {
    feed: 'bchc-csds', part: '', personKey: 'D8',
    extract: (_, n) => {
      const folder = 'csds/examples/alice-two-hour-response-at-night/input';
      const text = (name: string): string => readExample(`${folder}/${name}`).replaceAll('BC100743', 'D8').replaceAll('9990000743', '').replace(',01,1938-02-11,B13 8XX', `,,1941-05-17,${mark(n)}`).replace('2024-03-31', `2024-0${n + 2}-28`);
      return writeZip(readdirSync(join(projectRoot, 'mappings', folder)).filter((name) => /^CYP0|^CYP10[12]/.test(name)).map((name) => ({ name, bytes: Buffer.from(text(name)) })));
    },
  },
];

/** A home's list: of each resident the entry of day `n`. */
export function residents(entries: readonly (readonly [id: string, n: number])[]): string {
  return JSON.stringify({ residents: entries.map(([id, n]) => ({
    residentId: id, stayId: `${id}-1`, asAt: `2024-05-0${n}T09:00:00+01:00`, surname: mark(n), dateOfBirth: '1941-05-17', status: 'resident', movedIn: '2023-05-22',
  })) });
}

/** Tables of which rows are wrong. */
export function badPackage(): Uint8Array {
  const folder = 'csds/examples/bad-rows-that-hang-together/input';
  return writeZip(readdirSync(join(projectRoot, 'mappings', folder)).map((name) => ({ name, bytes: Buffer.from(readExample(`${folder}/${name}`)) })));
}
