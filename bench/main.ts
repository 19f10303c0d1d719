import { Command, InvalidArgumentError } from 'commander';
import { benchMapping } from './mapping.ts';
import { measureIntake } from './measure-intake.ts';
import { measureViewer } from './measure-viewer.ts';
import { measureAudit, measureEverything, measureRead, measureSearch } from './measure-reads.ts';
import { defaults, type Print, type Settings } from './settings.ts';
import { createWorld, type World } from './world.ts';

/** Each prints its lines; asked for by the name its lines begin with. */
const measures: Readonly<Record<string, (world: World, print: Print) => Promise<void>>> = {
  read: measureRead,
  everything: measureEverything,
  search: measureSearch,
  audit: measureAudit,
  intake: measureIntake,
  viewer: measureViewer,
  mapping: (_world, print) => benchMapping(print),
};

const program = new Command('bench')
  .description('Measures the gateway against what its work would cost without it, in the same run on the same machine. See docs/benchmarks.md.')
  .argument('[names...]', `what to measure, all by default: ${Object.keys(measures).join(', ')}`)
  .option('--citizens <n>', 'people in the record that is read', positive, defaults.citizens)
  .option('--intake-citizens <n>', 'people whose hospital messages are taken in', positive, defaults.intakeCitizens)
  .option('--seconds <n>', 'length of one measured stretch', positive, defaults.seconds)
  .option('--warm-up-seconds <n>', 'load before the first of them', positive, defaults.warmUpSeconds)
  .option('--rounds <n>', 'measured stretches of each side, in turns', positive, defaults.rounds)
  .option('--connections <n>', 'keep-alive connections', positive, defaults.connections);

/** One line per measure on standard output: name, value, unit, ratio. Everything else goes to standard error. */
async function main(): Promise<void> {
  program.parse();
  const names = program.args.length > 0 ? program.args : Object.keys(measures);
  const unknown = names.filter((name) => !Object.hasOwn(measures, name));
  if (unknown.length > 0) program.error(`unknown: ${unknown.join(', ')}; there are ${Object.keys(measures).join(', ')}`);
  const world = createWorld(program.opts<Settings>(), (what) => process.stderr.write(`${what}\n`));
  const print: Print = (name, value, unit, ratio) => {
    process.stdout.write(`${name.padEnd(28)}${(value < 10 ? value.toFixed(2) : value.toFixed(0)).padStart(10)} ${unit.padEnd(12)}${ratio === undefined ? '' : ratio.toFixed(2).padStart(7)}`.trimEnd() + '\n');
  };
  try {
    for (const name of names) await measures[name]?.(world, print);
  } finally {
    await world.close();
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
}

await main();
