import { readdirSync, readFileSync } from 'node:fs';
import type { Contract } from '@medplum/fhirtypes';
import { contractFromAgreement } from '../../../src/consent/contract-from-agreement.ts';
import { readAgreement } from '../../../src/consent/read-agreement.ts';
import type { Agreement } from '../../../src/consent/types.ts';

const folder = new URL('../../../agreements/', import.meta.url);

/** What ships, signed by everybody and activated when its period began, but for drafts: rendered by the gateway's own code. */
export function shippedContracts(now: Date): Contract[] {
  return readdirSync(folder).filter((file) => file.endsWith('.yaml')).map((file) => {
    const agreement = shipped(file);
    const draft = agreement.id.startsWith('draft-');
    const at = agreement.period.start;
    const signatures = draft ? [] : agreement.parties.map(({ organisation }) => ({ organisation, at }));
    return { ...contractFromAgreement({ agreement, activatedAt: draft ? null : at, terminatedAt: null, signedBy: signatures.map(({ organisation }) => organisation), signatures }, now), id: agreement.id };
  });
}

export function shipped(file: string): Agreement {
  const read = readAgreement(readFileSync(new URL(file, folder), 'utf8'));
  if ('problems' in read) throw new Error(`${file} cannot be read`);
  return read.agreement;
}
