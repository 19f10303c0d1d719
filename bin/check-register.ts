// Proves that writers at the same time lose no update: two gateways on one PostgreSQL, clients that change a few records by PUT
// with If-Match and by transactions of two, and a check that what they were told is one order of all that happened. Ends with 1
// and what contradicts it.
//
//   npm run check:register -- [--seconds 60] [--clients 16] [--records 4]
import { parseArgs } from 'node:util';
import { openPostgres } from '../src/store/database.ts';
import { runRegister } from '../test/faults/run-register.ts';
import { startGateway } from '../test/gateway.ts';
import { startPostgres } from '../test/postgres-setup.ts';
import { wholeNumber } from './whole-number.ts';

const shownViolations = 20;
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '16' }, records: { type: 'string', default: '4' } } });
const seconds = wholeNumber('seconds', values.seconds);

const postgres = await startPostgres();
try {
  await postgres.create('register');
  const url = postgres.url('register');
  const one = await startGateway(await openPostgres(url), { citizens: 1 });
  const other = await startGateway(await openPostgres(url));
  const run = await runRegister([one, other], { who: 'uhb-integration', clients: wholeNumber('clients', values.clients), registers: wholeNumber('records', values.records), ms: seconds * 1000 });
  process.stdout.write(`${run.steps} steps in ${seconds} s: ${run.written} versions written, ${run.refused} updates refused because another was first, ${run.failed} requests failed; ${run.violations.length} violations\n`);
  for (const violation of run.violations.slice(0, shownViolations)) process.stdout.write(`  - ${violation}\n`);
  process.exitCode = run.violations.length > 0 || run.written === 0 ? 1 : 0;
  await one.close();
  await other.close();
} finally {
  await postgres.stop();
}
