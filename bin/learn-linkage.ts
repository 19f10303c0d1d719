// Learns the weights of the linkage rule from a made-up city in which nobody says who is who, and writes them to
// mappings/linkage/rule.json; thresholds, and what is never certain, stay as the file says. The same seed gives the same rule.
//
//   npm run learn:linkage -- --version 2026-11 [--people 50000] [--seed 1844]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cityRecords } from '../bench/linkage/city.ts';
import { learnFromPeople } from '../bench/linkage/learn-from-people.ts';
import type { LinkageRule, NameCounts } from '../src/linkage/linkage-rule.ts';

const { values } = parseArgs({ options: { version: { type: 'string' }, people: { type: 'string', default: '50000' }, seed: { type: 'string', default: '1844' } } });
const [people, seed] = [Number(values.people), Number(values.seed)];
if (values.version === undefined || !(people > 100) || !Number.isInteger(seed)) {
  process.stderr.write('--version names the rule, --people (more than 100) and --seed are numbers\n');
  process.exit(64);
}
const file = join(import.meta.dirname, '..', 'mappings', 'linkage', 'rule.json');
const before = JSON.parse(readFileSync(file, 'utf8')) as LinkageRule;
const { weights, names } = learnFromPeople([...cityRecords(seed, people)].map(({ facts }) => facts), seed);
const rule: LinkageRule = {
  ...before, version: values.version, learnedOn: `a made-up city of ${people} people, seed ${seed}`, weights, names: { given: known(names.given), family: known(names.family) },
};
writeFileSync(file, `${JSON.stringify(rule, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value), 1)}\n`);
process.stdout.write(`${file} written\n`);

/** Of what one person only bears nothing is learned, and it is nobody's business. */
function known({ total, counts }: NameCounts): NameCounts {
  return { total, counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 1).sort(([a], [b]) => (a < b ? -1 : 1))) };
}
