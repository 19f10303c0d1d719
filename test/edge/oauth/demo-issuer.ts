import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';

import { demoClients } from '../../../src/edge/demo-clients.ts';
import type { DemoPersona } from '../../../src/edge/demo-clients.ts';
import { findClient } from '../../../src/store/partners/oauth-clients.ts';
import { openOAuthState } from '../../../src/store/partners/oauth-state.ts';
import { openTokenStops } from '../../../src/store/partners/token-stops.ts';
import { openEmptyPglite } from '../../databases.ts';
import { createIssuer } from '../../../src/edge/http/oauth/issuer.ts';
import type { Database } from '../../../src/store/database.ts';
import type { Issuer } from '../../../src/edge/http/oauth/issuer.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';

export const personas: readonly DemoPersona[] = [
  { id: 'ward-doctor', name: 'Dr Synthetic', description: 'Doctor on a ward', organisation: `${ods}|RRK`, organisationName: 'University Hospitals Birmingham', role: 'doctor', purpose: 'TREAT' },
  { id: 'privacy-officer', name: 'P Officer', description: 'Privacy officer', organisation: `${ods}|RRK`, organisationName: 'University Hospitals Birmingham', role: 'privacy-officer', purpose: 'HOPERAT' },
];
export const clients = demoClients(personas, [{ key: 'uhb-adt', organisation: `${ods}|RRK`, organisationName: 'University Hospitals Birmingham' }]);

export interface RunningIssuer {
  issuer: Issuer;
  baseUrl: string;
  dataDir: string;
  database: Database;
  stop: () => Promise<void>;
}

/** No page asks anybody here. */
export function nobodyOf(issuer: Issuer): Parameters<Issuer['routes']>[0] {
  return { identify: (headers) => issuer.verify(headers.authorization), signInOrigins: [], noteAllowed: () => Promise.resolve(), release: () => Promise.reject(new Error('nobody looks for people here')) };
}

/** The gateway's own issuer behind a real socket, mounted as the gateway mounts it; several may share one record. */
export async function startIssuer(dataDir?: string, record?: Database, { keyFiles, port = 0 }: { keyFiles?: string[]; port?: number } = {}): Promise<RunningIssuer> {
  const folder = dataDir ?? await mkdtemp(join(tmpdir(), 'onestory-issuer-'));
  const database = record ?? (await openEmptyPglite());
  const app = express();
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = await createIssuer({ baseUrl, audience: `${baseUrl}/fhir`, dataDir: folder, ...(keyFiles && { keyFiles }), clients, stores: { state: openOAuthState(database), stops: openTokenStops(database), findClient: (id) => findClient(database, id), nameOf: (key) => key, practitionerOf: (person) => person }, clock: () => new Date() });
  app.use('/oauth', issuer.routes(nobodyOf(issuer)));
  return {
    issuer, baseUrl, dataDir: folder, database,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (record === undefined) await database.close();
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
