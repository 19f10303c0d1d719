// Asks two records that differ only in what the callers may not see the same requests, and demands the same answers: its own
// PostgreSQL, fresh worlds for every round. Ends with 1 and the smallest request that is answered differently, when there is
// one. Progress goes to stderr with the seed to go on from.
//
//   npm run check:twin -- --requests 100000 [--seed 1] [--persona ward-doctor] [--notice none|generic|organisation]
//
// Without --notice each round is in the next of the three modes of notice, so that every third request meets each.
import { parseArgs } from 'node:util';
import { openPostgres } from '../src/store/database.ts';
import { askers } from '../test/flow/twin-askers.ts';
import { runTwinRounds } from '../test/flow/twin-rounds.ts';
import { openTwinWorlds } from '../test/flow/twin-worlds.ts';
import { startPostgres } from '../test/postgres-setup.ts';
import { wholeNumber } from './whole-number.ts';

const notices = ['none', 'generic', 'organisation'] as const;

const { values } = parseArgs({ options: { requests: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, persona: { type: 'string' }, notice: { type: 'string' } } });
const requests = wholeNumber('requests', values.requests);
const firstSeed = wholeNumber('seed', values.seed);
const asking = askers.filter(({ who }) => values.persona === undefined || who === values.persona);
if (asking.length === 0) refuse(`--persona takes one of ${askers.map(({ who }) => who).join(', ')}.`);
const modes = values.notice === undefined ? notices : notices.filter((each) => each === values.notice);
if (modes.length === 0) refuse(`--notice takes one of ${notices.join(', ')}.`);

const startedAt = performance.now();
const number = (n: number): string => n.toLocaleString('en-GB');
const postgres = await startPostgres();
try {
  process.env['ONESTORY_TEST_POSTGRES'] = postgres.url('postgres');
  await postgres.create('empty_record'); // what every world is made from
  await (await openPostgres(postgres.url('empty_record'))).close();
  const { asked, seed, found } = await runTwinRounds({ requests, firstSeed, modes, asking }, (mode) => openTwinWorlds('postgresql', mode), (sofar, nextSeed) => {
    say(`${number(sofar)} of ${number(requests)} requests, ${left(sofar)}; go on with${values.notice === undefined ? '' : ` --notice ${values.notice}`} --seed ${nextSeed} --requests ${Math.max(1, requests - sofar)}`);
  });
  process.stdout.write(found === null ? `${number(asked)} requests of ${asking.length} callers, seed ${firstSeed}, notices ${modes.join(', ')}: every answer alike\n`
    : `Seed ${seed}: ${found.who} can tell the worlds apart by ${found.request.method} ${found.request.path}, page ${found.page + 1}.\n${JSON.stringify(found, null, 1)}\n`);
  process.exitCode = found === null ? 0 : 1;
} finally {
  await postgres.stop();
}

/** How fast it goes, and how long the rest takes at that. */
function left(asked: number): string {
  const perSecond = asked / ((performance.now() - startedAt) / 1_000);
  return `${perSecond.toFixed(1)} in a second, ${Math.ceil(Math.max(0, requests - asked) / perSecond / 60)} min left`;
}

function say(line: string): void {
  process.stderr.write(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(6)} s  ${line}\n`);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(64);
}
