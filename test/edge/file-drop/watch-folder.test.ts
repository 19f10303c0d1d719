import { appendFileSync, cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchFolder } from '../../../src/edge/file-drop/watch-folder.ts';
import type { LogEvent, LogFields } from '../../../src/edge/log.ts';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { message } from '../../intake/adt.ts';
import { until as untilSo } from '../../patience.ts';

/** Files dropped into folders, taken by the real gateway. */

let gateway: Gateway;
let root: string;
let drop: string;
let watching: ReturnType<typeof watchFolder>;
const logged: [LogEvent, LogFields | undefined][] = [];
const settleMs = 150;
const start = (): typeof watching => watchFolder({
  folder: drop, ...gateway.services.dropped, limitOf: gateway.services.intakeLimit, log: (event, fields) => logged.push([event, fields]), pollMs: 30, settleMs,
});

beforeAll(async () => { gateway = await startGateway(await openEmptyPglite()); });
afterAll(() => gateway.close());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onestory-drop-'));
  drop = join(root, 'drop');
  for (const folder of ['uhb-adt', 'bchc-csds', 'bchc-rio/client', 'bchc-rio/referral']) mkdirSync(join(drop, folder), { recursive: true });
  logged.splice(0);
  watching = start();
});
afterEach(async () => {
  await watching.stop();
  rmSync(root, { recursive: true, force: true });
});

const put = (name: string, text: string | Buffer): string => {
  writeFileSync(join(root, 'being-written'), text);
  renameSync(join(root, 'being-written'), join(drop, name));
  return join(drop, name);
};
const until = (so: () => boolean): Promise<void> => untilSo(so, () => `in ${readdirSync(drop, { recursive: true }).join(' ')} ${JSON.stringify(logged)} what was waited for`);
const count = async (text: string): Promise<number> => (await gateway.database.query('select 1 from source_record where content = $1', [Buffer.from(text)])).length;
const problemsOf = (path: string): { problems: { issue: { details: { coding: { code: string }[] } }[] } } => JSON.parse(readFileSync(`${path}.problems.json`, 'utf8')) as never;
const codeOf = (path: string): string | undefined => problemsOf(path).problems.issue[0]?.details.coding[0]?.code;

it('takes a file that was renamed into the folder of its feed, and moves it to done', async () => {
  const text = message({ id: 'DROP-1' });
  put('uhb-adt/day.hl7', text);
  await until(() => existsSync(join(drop, 'uhb-adt/done/day.hl7')));
  expect([await count(text), existsSync(join(drop, 'uhb-adt/day.hl7')), existsSync(join(drop, 'uhb-adt/done/day.hl7.problems.json'))]).toEqual([1, false, false]);
});

it('says beside a file what was wrong with some of its rows', async () => {
  put('uhb-adt/mixed.hl7', message({ id: 'DROP-2' }) + message({ id: 'DROP-3', pid: { 7: '19380231' } }));
  const done = join(drop, 'uhb-adt/done/mixed.hl7');
  await until(() => existsSync(done));
  expect(codeOf(done)).toBe('date-not-real');
  expect(readFileSync(`${done}.problems.json`, 'utf8')).not.toContain('OKAFOR');
});

it.each<[string, string | Buffer, string]>([
  ['uhb-adt/no-message.hl7', 'hello', 'hl7-no-header'],
  ['uhb-adt/empty.hl7', '', 'source-empty'],
  ['bchc-rio/nowhere.csv', 'a,b\n', 'part-unknown'],
  ['bchc-rio/client/other.csv', 'a,b\n1,2\n', 'csv-header-missing'],
])('refuses %s with the reason beside it', async (name, content, code) => {
  const path = put(name, content);
  const refused = join(path, '..', 'refused', name.split('/').at(-1) ?? '');
  await until(() => existsSync(refused));
  expect([codeOf(refused), existsSync(path)]).toEqual([code, false]);
});

it('leaves a file alone while it is written, and takes it once it has been whole for a while', async () => {
  const [first, second] = [message({ id: 'SLOW-1' }), message({ id: 'SLOW-2' })];
  const path = join(drop, 'uhb-adt/slow.hl7');
  for (let at = 0; at < first.length; at += 80) {
    appendFileSync(path, first.slice(at, at + 80));
    utimesSync(path, new Date(), new Date(Date.now() + 3_600_000)); // always changed a moment ago, however slow the machine is
    await new Promise((resolve) => setTimeout(resolve, settleMs / 2));
    expect(existsSync(path)).toBe(true);
  }
  appendFileSync(path, second);
  await until(() => existsSync(join(drop, 'uhb-adt/done/slow.hl7')));
  expect([await count(first + second), await count(first)]).toEqual([1, 0]);
});

it('passes over names that say a file is not whole', async () => {
  const names = ['day.hl7.part', 'day.hl7.tmp', '.day.hl7', 'day.hl7.filepart'].map((name) => `uhb-adt/${name}`);
  for (const name of names) put(name, message({ id: `NOT-${name.length}` }));
  put('uhb-adt/real.hl7', message({ id: 'REAL' }));
  await until(() => existsSync(join(drop, 'uhb-adt/done/real.hl7')));
  await new Promise((resolve) => setTimeout(resolve, settleMs * 2));
  expect(names.filter((name) => !existsSync(join(drop, name)))).toEqual([]);
});

it('follows no link and takes no second name of a file, wherever it points', async () => {
  const secret = join(root, 'secret.hl7');
  writeFileSync(secret, message({ id: 'SECRET' }));
  symlinkSync(secret, join(drop, 'uhb-adt/link.hl7'));
  linkSync(secret, join(drop, 'uhb-adt/hard.hl7'));
  symlinkSync(root, join(drop, 'bcc-cld'));
  await until(() => ['link.hl7', 'hard.hl7'].every((name) => existsSync(join(drop, 'uhb-adt/refused', `${name}.problems.json`))));
  expect(['link.hl7', 'hard.hl7'].map((name) => codeOf(join(drop, 'uhb-adt/refused', name)))).toEqual(['drop-not-a-file', 'drop-not-a-file']);
  await new Promise((resolve) => setTimeout(resolve, settleMs * 2));
  expect([existsSync(secret), await count(message({ id: 'SECRET' }))]).toEqual([true, 0]);
});

it('does not write through a link that stands where it moves files to', async () => {
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), join(drop, 'uhb-adt/done'));
  put('uhb-adt/day.hl7', message({ id: 'THROUGH' }));
  await until(() => !existsSync(join(drop, 'uhb-adt/day.hl7')));
  expect([readdirSync(join(root, 'elsewhere')), await count(message({ id: 'THROUGH' }))]).toEqual([[], 1]);
});

it('takes the same bytes twice, and a name used twice, without losing or doubling anything', async () => {
  const [text, other] = [message({ id: 'SAME' }), message({ id: 'OTHER' })];
  for (const content of [text, text, other]) {
    const path = put('uhb-adt/day.hl7', content);
    await until(() => !existsSync(path));
  }
  expect([await count(text), await count(other)]).toEqual([1, 1]);
  const done = readdirSync(join(drop, 'uhb-adt/done'));
  expect(done.filter((name) => name.endsWith('day.hl7'))).toHaveLength(3);
});

it('takes the parts of a feed in their order, whatever is first in the folder', async () => {
  await watching.stop();
  const example = (part: string): string => readFileSync(`mappings/rio/examples/bchc-${part}/input.csv`, 'utf8');
  put('bchc-rio/referral/a.csv', example('referral'));
  put('bchc-rio/client/z.csv', example('client'));
  watching = start();
  await until(() => ['client/done/z.csv', 'referral/done/a.csv'].every((name) => existsSync(join(drop, 'bchc-rio', name))));
  const parts = (await gateway.database.query<{ part: string }>(`select part from source_record where feed = 'bchc-rio' and state = 'done' order by record_id`)).map(({ part }) => part);
  expect(parts.slice(-2)).toEqual(['client', 'referral']);
});

describe('a folder of tables', () => {
  const tables = 'mappings/csds/examples/columns-in-another-order/input';
  const folder = (name: string): string => join(drop, 'bchc-csds', name);
  const fill = (name: string, complete: string | null): void => {
    cpSync(tables, folder(name), { recursive: true });
    if (complete !== null) writeFileSync(join(folder(name), 'COMPLETE.txt'), complete);
  };
  const submissions = async (): Promise<{ state: string; rows: number }[]> =>
    gateway.database.query(`select state, received_rows as rows from source_record where feed = 'bchc-csds' order by record_id`);

  it('is one submission, taken when the file is there that says it is whole', async () => {
    const before = (await submissions()).length;
    fill('2026-10', null);
    await new Promise((resolve) => setTimeout(resolve, settleMs * 3));
    expect([existsSync(folder('2026-10')), (await submissions()).length]).toEqual([true, before]);
    writeFileSync(join(folder('2026-10'), 'COMPLETE.txt'), '');
    await until(() => existsSync(folder('done/2026-10')));
    expect((await submissions()).slice(before)).toEqual([{ state: 'done', rows: 3 }]);
    fill('again', readdirSync(tables).join('\r\n'));
    await until(() => existsSync(folder('done/again')));
    expect((await submissions()).slice(before + 1)).toEqual([{ state: 'done', rows: 3 }]);
  });

  it('is refused when other files are listed than there are, or when one of them is a link', async () => {
    const before = (await submissions()).length;
    fill('short', 'CYP000Header.csv\nCYP555.csv\n');
    fill('linked', '');
    symlinkSync(join(root, 'drop'), join(folder('linked'), 'CYP002GP.csv'));
    await until(() => ['short', 'linked'].every((name) => existsSync(folder(`refused/${name}.problems.json`))));
    expect(['short', 'linked'].map((name) => codeOf(folder(`refused/${name}`)))).toEqual(['package-list-differs', 'drop-not-a-file']);
    expect(readdirSync(folder('refused/linked'))).toContain('CYP101Referral.csv');
    expect((await submissions()).filter(({ state }) => state !== 'rejected').length).toBe(before);
  });

  it('of a feed that takes no packages is left alone', async () => {
    cpSync(tables, join(drop, 'uhb-adt/2026-10'), { recursive: true });
    writeFileSync(join(drop, 'uhb-adt/2026-10/COMPLETE.txt'), '');
    await new Promise((resolve) => setTimeout(resolve, settleMs * 3));
    expect([existsSync(join(drop, 'uhb-adt/2026-10')), logged]).toEqual([true, []]);
  });
});

it('goes on after a restart: what was taken and not moved is known, and moved', async () => {
  const text = message({ id: 'RESTART' });
  await watching.stop();
  put('uhb-adt/day.hl7', text);
  await gateway.services.dropped.take('uhb-adt', '', Buffer.from(text));
  watching = start();
  await until(() => existsSync(join(drop, 'uhb-adt/done/day.hl7')));
  expect(await count(text)).toBe(1);
});
