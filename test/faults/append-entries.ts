// Run as a process of its own: appends a number of audit entries to the chain of the database named first, many at a
// time, as many requests would. Ends with 1 when one of them was not durable.
import { emptyChain } from '../../src/audit/chain.ts';
import type { AuditEntry } from '../../src/audit/types.ts';
import { sealEntry } from '../../src/flow/seal-entry.ts';
import { openAuditTrail } from '../../src/store/audit-trail.ts';
import { openPostgres } from '../../src/store/database.ts';
import { randomUUID } from 'node:crypto';

const atOnce = 20;
const [url = '', count = '0', name = 'appender'] = process.argv.slice(2);

function entry(n: number): AuditEntry {
  return {
    id: randomUUID(), at: new Date().toISOString(), request: `${name}-${n}`, who: { client: name }, interaction: 'read', query: 'Patient/*', outcome: 'permitted', status: 200,
    disclosed: [], custodians: [], decisions: [], withheld: [],
  };
}

const database = await openPostgres(url, 3);
const trail = openAuditTrail(database, sealEntry, emptyChain);
let next = 0;
await Promise.all(Array.from({ length: atOnce }, async () => {
  while (next < Number(count)) await trail.append(entry(next++));
}));
await database.close();
