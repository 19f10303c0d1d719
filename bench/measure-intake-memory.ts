import { demoReferenceDate, quartersUpTo } from '../src/demo/calendar.ts';
import { cldColumns } from '../src/demo/cld-columns.ts';
import { csvHeader } from '../src/demo/csv.ts';
import { generatePeople } from '../src/demo/generate-people.ts';
import { cldRows } from '../src/demo/write-cld.ts';
import type { OneStoryServer } from './onestory-server.ts';
import type { Print } from './settings.ts';
import { inMegabytes, watchTenths } from './watch-memory.ts';
import type { World } from './world.ts';

const seed = 2018;
const rowsPerFile = 1_000;
const filesAhead = 10;
/** what a process makes once and keeps: compiled code, statements, remembered ids */
const mostWarmUp = 5_000;

/**
 * Memory of the gateway while it takes in the council's CSV, a row about each of as many people: after a warm-up, tenth by tenth.
 * The last tenth must hold no more than the first. Also what a row costs in time, and in processor time of the gateway.
 */
export async function measureIntakeMemory(world: World, print: Print): Promise<void> {
  const { memoryRows } = world.settings;
  const tenth = Math.ceil(memoryRows / 10);
  const server = await world.onestory(await world.newDatabase());
  const files = councilFiles(Math.min(mostWarmUp, tenth), tenth);
  await takeIn(server, files.next().value ?? []);
  const cpu = async (): Promise<number> => (await server.ask({ do: 'cpu' })).cpuMs ?? 0;
  const began = { at: performance.now(), cpuMs: await cpu() };
  let rows = 0;
  const tenths = await watchTenths(server, world.say, async () => { rows += await takeIn(server, files.next().value ?? []); });
  const seconds = (performance.now() - began.at) / 1_000;
  const [first, last] = [tenths[0], tenths.at(-1)];
  if (!first || !last || rows < memoryRows * 0.9) throw new Error(`of ${memoryRows} rows only ${rows} were taken in`);
  print('intake-memory.first', inMegabytes(first.peak), 'MB');
  print('intake-memory.last', inMegabytes(last.peak), 'MB', last.peak / first.peak, { of: 'ratio', atMost: 1.1 });
  print('intake-memory.held.first', inMegabytes(first.held), 'MB');
  print('intake-memory.held.last', inMegabytes(last.held), 'MB', last.held / first.held, { of: 'ratio', atMost: 1.1 });
  print('intake-memory.rate', rows / seconds, 'rows/s');
  print('intake-memory.cpu', (await cpu() - began.cpuMs) / rows, 'ms/row');
}

/** Sends them and waits until all are worked off, no more than ten files ahead. Returns how many rows they had. */
async function takeIn(server: OneStoryServer, files: Iterable<CouncilFile>): Promise<number> {
  let rows = 0;
  let sent = 0;
  for (const file of files) {
    const { token = '' } = await server.ask({ do: 'token', who: 'bcc-cld' });
    const response = await fetch(`${server.url}/intake/bcc-cld`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' }, body: file.text });
    if (!response.ok) throw new Error(`a file was answered ${response.status}`);
    await response.arrayBuffer();
    rows += file.rows;
    sent += 1;
    if (sent % filesAhead === 0) await server.ask({ do: 'idle' });
  }
  await server.ask({ do: 'idle' });
  return rows;
}

interface CouncilFile {
  rows: number;
  text: string;
}

/** One quarter's rows about ever more people, made as they are sent: the files of the warm-up, and then of a tenth each time. */
function* councilFiles(warmUp: number, tenth: number): Generator<Iterable<CouncilFile>, void, undefined> {
  const rows = councilRows((warmUp + 10 * tenth) * 10);
  yield filesOf(rows, warmUp);
  for (;;) yield filesOf(rows, tenth);
}

function* filesOf(rows: Iterator<string>, count: number): Generator<CouncilFile, void, undefined> {
  for (let left = count; left > 0;) {
    const lines: string[] = [];
    for (let next = rows.next(); !next.done; next = rows.next()) {
      lines.push(next.value);
      if (lines.length >= Math.min(rowsPerFile, left)) break;
    }
    if (lines.length === 0) return;
    yield { rows: lines.length, text: csvHeader(cldColumns) + lines.join('') };
    left -= lines.length;
  }
}

function* councilRows(citizens: number): Generator<string, void, undefined> {
  const quarter = quartersUpTo(demoReferenceDate, 1)[0];
  if (!quarter) return;
  for (const person of generatePeople({ seed, citizens })) yield* cldRows(person, quarter);
}
