// Run as a process of its own: appends a number of audit entries to the log of the database named first, many at a
// time, as many requests would, once it is told to on standard input, and tells each that is durable by its request. Ends with 1 when one of them was not.
import type { AuditEntry } from '../../src/audit/types.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import { openPostgres } from '../../src/store/database.ts';
import { randomUUID } from 'node:crypto';

const atOnce = 20;
const [url = '', count = '0', name = 'appender'] = process.argv.slice(2);

function entry(request: string): AuditEntry {
  return {
    id: randomUUID(), at: new Date().toISOString(), request, who: { client: name }, interaction: 'read', query: 'Patient/*', citizen: randomUUID(), outcome: 'permitted', status: 200,
    disclosed: [], custodians: [], decisions: [], withheld: [],
  };
}

const database = await openPostgres(url, 3);
const trail = openAuditTrail(database, sealEntries);
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve)); // all of them begin together
let next = 0;
await Promise.all(Array.from({ length: atOnce }, async () => {
  while (next < Number(count)) {
    const request = `${name}-${next++}`;
    await trail.append(entry(request));
    process.stdout.write(`${request}\n`);
  }
}));
await database.close();
