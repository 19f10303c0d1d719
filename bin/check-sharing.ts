// Compares the door's SQL with the reference decision on random cases: its own PostgreSQL, one database after the other, so
// that memory and disk stay small. Ends with 1 and the smallest differing case, in words and as JSON, when there is one.
// Progress goes to stderr with the seed to go on from.
//
//   npm run check:sharing -- --cases 1000000 [--seed 1]
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openPostgres } from '../src/store/database.ts';
import { startPostgres } from '../test/postgres-setup.ts';
import { compareSharing, describeDifference } from '../test/store/compare-sharing.ts';
import { wholeNumber } from './whole-number.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } });
const cases = wholeNumber('cases', values.cases);
const seed = wholeNumber('seed', values.seed);
const number = (n: number): string => n.toLocaleString('en-GB');

const startedAt = performance.now();
const postgres = await startPostgres();
const admin = new pg.Client({ connectionString: postgres.url('postgres') });
try {
  await admin.connect();
  await postgres.create('empty_record');
  await (await openPostgres(postgres.url('empty_record'))).close();
  const { compared, difference } = await compareSharing({
    cases, seed, citizens: 20, requesters: 60,
    open: async () => {
      const name = `sharing_${randomUUID().replaceAll('-', '')}`;
      await admin.query(`create database ${name} template empty_record`);
      const database = await openPostgres(postgres.url(name), 2);
      return { database, drop: async () => {
        await database.close();
        await admin.query(`drop database ${name}`);
      } };
    },
    report: (next, done) => { process.stderr.write(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(6)} s  ${number(done)} of ${number(cases)} cases; go on with --seed ${next}\n`); },
  });
  process.stdout.write(difference === null ? `${number(compared)} cases compared, seed ${seed}: door and reference agree\n` : `${describeDifference(difference)}\n`);
  process.exitCode = difference === null ? 0 : 1;
} finally {
  await admin.end();
  await postgres.stop();
}
