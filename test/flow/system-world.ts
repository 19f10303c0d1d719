import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Purpose, Requester } from '../../src/fhir/sharing.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { freshPostgres, openEmptyPglite } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';

/** A record in which agreements name systems as well. */

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const clause = (number: string, purposes: string, basis: string, more = ''): string => `
  - number: "${number}"
    text: For this test.
    from: [uhb, bchc]
    to: [uhb, bchc]
    purposes: [${purposes}]
    roles: [integration]
    categories: [identity, referral, episode, encounter, plan]
    consentBasis: ${basis}${more}`;
const agreement = `id: systems
version: "1.0"
title: Systems
period: { from: 2024-04-01, to: 2029-03-31 }
reviewDate: 2027-03-31
lawfulBases: [ "UK GDPR Article 6(1)(e)" ]
parties:
  - { id: uhb, name: Hospital, identifier: { system: ${ods}, value: RRK }, capacity: controller, signatoryRole: Caldicott Guardian }
  - { id: bchc, name: Community, identifier: { system: ${ods}, value: RYW }, capacity: controller, signatoryRole: Caldicott Guardian }
clauses:${clause('1.1', 'CAREMGT', 'implied', '\n    relationships: [episode, referral]')}${clause('2.1', 'HRESCH', 'explicit')}
`;

export const systemHouses: { kind: string; open: () => Promise<Database> }[] = [
  { kind: 'pglite', open: openEmptyPglite }, { kind: 'postgresql', open: async () => openPostgres(await freshPostgres()) },
];

export interface SystemWorld {
  gateway: Gateway;
  /** what went wrong in telling subscribers */
  failures: unknown[];
  close: () => Promise<void>;
}

/** A gateway with eight people of the demo, under the agreement for systems and the one on oversight. */
export async function openSystems(open: () => Promise<Database>): Promise<SystemWorld> {
  const failures: unknown[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'onestory-systems-'));
  writeFileSync(join(folder, 'systems.yaml'), agreement);
  cpSync(join(import.meta.dirname, '../../agreements/bicp-oversight.yaml'), join(folder, 'oversight.yaml'));
  const gateway = await startGateway(await open(), { citizens: 8, agreements: folder, environment: () => ({ ONESTORY_HOOK_HOSTS: '127.0.0.1' }), log: (event, fields) => { if (event === 'notification-failed') failures.push(fields?.error); } });
  return {
    gateway, failures,
    close: async () => {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The community trust's system, asking for this purpose. */
export function communitySystem(purpose: Purpose): Requester {
  return { client: 'bchc-integration', token: 'test', organisation: `${ods}|RYW`, organisationName: 'Community', role: 'integration', purpose, scopes: ['system/*.cruds'] };
}
