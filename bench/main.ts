import { Command, InvalidArgumentError } from 'commander';
import { measureApi } from './api/measure-api.ts';
import { measureAuditLog } from './audit-log/measure-audit-log.ts';
import { measureCases } from './cases/measure-cases.ts';
import { measureLinkageLoad } from './linkage-load/measure-linkage-load.ts';
import { measureLinkage } from './linkage/measure-linkage.ts';
import { benchMapping } from './mapping.ts';
import { measureExport } from './measure-export.ts';
import { measureIntake } from './measure-intake.ts';
import { measureIntakeMemory } from './measure-intake-memory.ts';
import { measureReplay } from './measure-replay.ts';
import { measureScreens } from './measure-screens.ts';
import { measureViewer } from './measure-viewer.ts';
import { measureAudit, measureEverything, measureRead, measureSearch } from './measure-reads.ts';
import { defaults, type Goal, type Print, type Settings, type SharingSettings } from './settings.ts';
import { measureSharing } from './sharing/measure-sharing.ts';
import { measureStory } from './story/measure-story.ts';
import { createWorld, type World } from './world.ts';

/** Each prints its lines; asked for by the name its lines begin with. */
const measures: Readonly<Record<string, (world: World, print: Print) => Promise<void>>> = {
  read: measureRead,
  everything: measureEverything,
  search: measureSearch,
  audit: measureAudit,
  intake: measureIntake,
  viewer: measureViewer,
  screens: measureScreens,
  mapping: (world, print) => benchMapping(print, world.settings),
};
/** Asked for by name only: they fill a record with 130,000 people, or with 10,000 messages, take in a million rows, tell 100,000 people apart, link 100,000 descriptions to 900,000 people, tell whole lives, prove entries of a log of ten million, judge a year of looks, ask every sort of thing at three numbers of connections, or export 50,000 rows. */
const long: typeof measures = { api: measureApi, sharing: measureSharing, replay: measureReplay, 'intake-memory': measureIntakeMemory, linkage: measureLinkage, 'linkage-load': measureLinkageLoad, story: measureStory, 'audit-log': measureAuditLog, cases: measureCases, export: measureExport };
const known = { ...measures, ...long };

const program = new Command('bench')
  .description('Measures the gateway against what its work would cost without it, in the same run on the same machine. See docs/benchmarks.md.')
  .argument('[names...]', `what to measure, by default ${Object.keys(measures).join(', ')}; by name only: ${Object.keys(long).join(', ')}`)
  .option('--citizens <n>', 'people in the record that is read', positive, defaults.citizens)
  .option('--screen-people <n>', 'screens: people among whom somebody is looked up; 1000000 for a city', positive, defaults.screenPeople)
  .option('--intake-citizens <n>', 'people whose hospital messages are taken in', positive, defaults.intakeCitizens)
  .option('--mapping-records <n>', 'records mapped while the memory is watched, and a hundredth of them', positive, defaults.mappingRecords)
  .option('--memory-rows <n>', 'intake-memory: rows of CSV taken in while the memory is watched, tenth by tenth; 100000 for a shorter run', positive, defaults.memoryRows)
  .option('--seconds <n>', 'length of one measured stretch', positive, defaults.seconds)
  .option('--warm-up-seconds <n>', 'load before the first of them', positive, defaults.warmUpSeconds)
  .option('--rounds <n>', 'measured stretches of each side, in turns', positive, defaults.rounds)
  .option('--connections <n>', 'keep-alive connections', positive, defaults.connections)
  .option('--replay-people <n>', 'replay: people whose hospital messages are replayed, about four of each; 26000 for 100,000 messages', positive, defaults.replayPeople)
  .option('--linkage-people <n>', 'linkage: people of the made-up city', positive, defaults.linkagePeople)
  .option('--hard-pairs <n>', 'linkage: pairs of two people who are easily taken for one', positive, defaults.hardPairs)
  .option('--export-rows <n>', 'export: rows that are exported', positive, defaults.exportRows)
  .option('--story-people <n>', 'story: people in the record in which a message about one of them arrives, in the end', positive, defaults.storyPeople)
  .option('--leaves <n>', 'audit-log: entries of the large log', positive, defaults.leaves)
  .option('--case-users <n>', 'cases: people who look, for a year', positive, defaults.caseUsers)
  .option('--samples <n>', 'sharing: answers measured of each side of a comparison; four times as many where their times are compared', positive, 500)
  .option('--quick', 'sharing: 13,000 people and 50 samples; linkage-load: a tenth of the people')
  .option('--plans [file]', 'sharing: also writes the plans of the hottest queries to this file, by default docs/explain-plans.md');

/** One line per measure on standard output: name, value, unit, ratio. Everything else goes to standard error. */
async function main(): Promise<void> {
  program.parse();
  const names = program.args.length > 0 ? program.args : Object.keys(measures);
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) program.error(`unknown: ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}`);
  const world = createWorld({ ...program.opts<Omit<Settings, 'sharing' | 'linkageLoad'>>(), sharing: sharingSettings(), linkageLoad: loadSettings() }, (what) => process.stderr.write(`${what}\n`));
  const print: Print = (name, value, unit, ratio, goal) => {
    const columns = [name.padEnd(28), rounded(value).padStart(10), ` ${unit.padEnd(12)}`, (ratio === undefined ? '' : ratio.toFixed(2)).padStart(7), goal ? `  ${verdict(goal, value, ratio)}` : ''];
    process.stdout.write(`${columns.join('').trimEnd()}\n`);
  };
  try {
    for (const name of names) await known[name]?.(world, print);
  } finally {
    await world.close();
  }
}

function rounded(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(Math.abs(value) < 0.1 && value !== 0 ? 4 : 2) : value.toFixed(0);
}

function verdict(goal: Goal, value: number, ratio = Number.NaN): string {
  const measured = goal.of === 'ratio' ? ratio : value;
  const [met, bound] = 'atMost' in goal ? [measured <= goal.atMost, `<= ${goal.atMost}`] : [measured >= goal.atLeast, `>= ${goal.atLeast}`];
  return `goal ${goal.of} ${bound}: ${met ? 'met' : 'missed'}`;
}

/** As many as a city has, or a tenth of them. */
function loadSettings(): Settings['linkageLoad'] {
  return program.opts<{ quick?: true }>().quick ? { known: 90_000, described: 10_000 } : { known: 900_000, described: 100_000 };
}

/** Without a number of people: those of the city, and a tenth of them. */
function sharingSettings(): SharingSettings {
  const { citizens, samples: asked, quick, plans } = program.opts<{ citizens: number; samples: number; quick?: true; plans?: string | true }>();
  const given = (name: string): boolean => program.getOptionValueSource(name) === 'cli';
  const large = given('citizens') ? citizens : quick ? 13_000 : 130_000;
  const samples = quick && !given('samples') ? 50 : asked;
  return {
    sizes: [Math.ceil(large / 10), large], samples, timings: 4 * samples,
    plans: plans === true ? 'docs/explain-plans.md' : (plans ?? null),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
}

await main();
