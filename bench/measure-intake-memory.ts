import { demoReferenceDate, quartersUpTo } from '../src/demo/calendar.ts';
import { cldColumns } from '../src/demo/cld-columns.ts';
import { csvHeader } from '../src/demo/csv.ts';
import { generatePeople } from '../src/demo/generate-people.ts';
import { cldRows } from '../src/demo/write-cld.ts';
import type { Print } from './settings.ts';
import type { World } from './world.ts';

const seed = 2018;
const rowsPerFile = 1_000;
const filesAhead = 10;

/**
 * The most memory the gateway ever held while it took in the council's CSV, a million rows about as many people, beside a hundredth of
 * them taken in by another: it must not grow with the rows.
 */
export async function measureIntakeMemory(world: World, print: Print): Promise<void> {
  const { memoryRows } = world.settings;
  const few = await peakOf(world, Math.ceil(memoryRows / 100));
  const many = await peakOf(world, memoryRows);
  print('intake-memory.hundredth', few / 1024 ** 2, 'MB');
  print('intake-memory.rows', many / 1024 ** 2, 'MB', many / few);
}

async function peakOf(world: World, rows: number): Promise<number> {
  const server = await world.onestory(await world.newDatabase());
  const started = performance.now();
  let sent = 0;
  let files = 0;
  for (const content of councilFiles(rows)) {
    const { token = '' } = await server.ask({ do: 'token', who: 'bcc-cld' });
    const response = await fetch(`${server.url}/intake/bcc-cld`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' }, body: content.text });
    if (!response.ok) throw new Error(`a file was answered ${response.status}`);
    await response.arrayBuffer();
    sent += content.rows;
    files += 1;
    if (files % filesAhead === 0) await server.ask({ do: 'idle' });
  }
  await server.ask({ do: 'idle' });
  const { peak = 0 } = await server.ask({ do: 'memory' });
  world.say(`intake of ${sent} rows: at most ${(peak / 1024 ** 2).toFixed(0)} MB, ${(sent / (performance.now() - started) * 1_000).toFixed(0)} rows/s`);
  return peak;
}

/** One quarter's rows of so many people, made as they are sent. */
function* councilFiles(rows: number): Generator<{ rows: number; text: string }, void, undefined> {
  const quarter = quartersUpTo(demoReferenceDate, 1)[0];
  if (!quarter) return;
  const lines: string[] = [];
  let left = rows;
  for (const person of generatePeople({ seed, citizens: rows * 10 })) {
    lines.push(...cldRows(person, quarter));
    if (lines.length >= Math.min(rowsPerFile, left)) {
      const some = lines.splice(0, Math.min(rowsPerFile, left));
      yield { rows: some.length, text: csvHeader(cldColumns) + some.join('') };
      left -= some.length;
    }
    if (left <= 0) return;
  }
  if (lines.length > 0) yield { rows: lines.length, text: csvHeader(cldColumns) + lines.join('') };
}
