// Proves that a gateway killed in the middle of its work loses and doubles nothing: its own PostgreSQL, the real program
// as a child process, SIGKILL at seeded moments. Ends with 1 when any of the five promises is broken.
//
//   npm run check:kill -- --times 50 [--seed 1] [--citizens 800]
import { parseArgs } from 'node:util';
import { sendersFor } from '../test/faults/feed-posts.ts';
import { runWithKills } from '../test/faults/run-with-kills.ts';
import { startPostgres } from '../test/postgres-setup.ts';
import { wholeNumber } from './whole-number.ts';

const citizensPerKill = 16;
const shownViolations = 20;

const { values } = parseArgs({ options: { times: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' }, citizens: { type: 'string' } } });
const kills = wholeNumber('times', values.times);
const seed = wholeNumber('seed', values.seed);
const citizens = values.citizens === undefined ? kills * citizensPerKill : wholeNumber('citizens', values.citizens);

const startedAt = performance.now();
const say = (line: string): void => { process.stdout.write(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(5)} s  ${line}\n`); };

const postgres = await startPostgres();
try {
  await postgres.create('killed');
  await postgres.create('undisturbed');
  const senders = sendersFor(citizens);
  say(`${kills} kills, seed ${seed}: ${senders.map(({ feed, posts }) => `${posts.length} posts of ${feed}`).join(', ')} about ${citizens} people`);
  const outcome = await runWithKills({ kills, seed, senders, report: say, databaseUrls: { killed: postgres.url('killed'), undisturbed: postgres.url('undisturbed') } });
  say(`${kills} kills (${outcome.killsWhileStarting} while starting) cut off ${outcome.cutOff} posts and found ${outcome.pendingAtKills} rows pending`);
  for (const { name, checked, violations } of outcome.invariants) {
    process.stdout.write(`${violations.length === 0 ? 'holds ' : 'BROKEN'}  ${name}\n        ${checked}; ${violations.length} violations\n`);
    for (const violation of violations.slice(0, shownViolations)) process.stdout.write(`        - ${violation}\n`);
  }
  process.exitCode = outcome.invariants.some(({ violations }) => violations.length > 0) ? 1 : 0;
} finally {
  await postgres.stop();
}
