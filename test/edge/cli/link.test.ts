import { randomUUID } from 'node:crypto';
import { adtMessages } from '../../../src/demo/write-adt.ts';
import { openLoadedPglite } from '../../databases.ts';
import { castMember, population } from '../../flow/emergency-asks.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { until } from '../../patience.ts';
import { onestory as asTyped } from './run-command.ts';

/** `onestory link …` and `onestory linkage …` as whoever oversees sharing types them. */

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(await openLoadedPglite(3));
  const { nhsNumber: _, ...alice } = castMember('alice');
  const again = adtMessages(population.seed, { ...alice, index: 900, traced: false, name: { ...alice.name, given: 'Alicex' }, known: { uhb: 'T900' } });
  await gateway.send('uhb-adt', '', again.map(({ text }) => text).join(''));
});
afterAll(() => gateway.close());

const onestory = (...args: string[]): ReturnType<typeof asTyped> => asTyped(gateway, [...args, '--as', 'governance-lead']);

it('lists, shows, claims, decides and undoes a possible link', async () => {
  const { out: list } = await onestory('link', 'list');
  const reference = /^LR-[0-9A-F]{16}/.exec(list)?.[0] ?? '';
  expect(list).toMatch(/^LR-[0-9A-F]{16}: found 20[^ ]+Z by link-likelihood-02, \d+\.\d bits, open\n {2}given alike \+[\d.]+, family same [^\n]*\n {2}held: given: alike\n$/);
  const { out: shown } = await onestory('link', 'show', reference);
  expect(shown).toMatch(/\n {2}by rule [\w-]+: possible, [\d.]+ bits: [^\n]*birthDate same[^]*\n {4}name: ALICEX OKAFOR\n[^]*\n {4}name: Alice Okafor\n[^]*\n {2}seen: [0-9a-f]{64}\n$/);
  const decide = ['link', 'decide', reference, '--outcome', 'same', '--reason', 'One person', '--seen', /seen: (\w{64})/.exec(shown)?.[1] ?? ''];
  expect(await onestory(...decide)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('[link-review-not-claimed]') as string });
  expect((await onestory('link', 'claim', reference)).out).toContain(', claimed by Teresa Wilk until 20');
  expect((await onestory(...decide)).out).toContain(', same since 20');
  expect((await onestory('link', 'list')).out).toBe('Nothing waits for a decision.\n');
  expect((await onestory('link', 'undo', reference, '--reason', 'They were two')).code).toBe(0);
});

it('tells why records are one', async () => {
  const { nhsNumber = '' } = castMember('alice');
  const { out } = await onestory('link', 'why', nhsNumber);
  expect(out).toMatch(/^Patient\/[0-9a-f-]{36}: link-n[^\n]*\n/m);
  expect(out).toMatch(/: link-nhs-01, agreed: nhs-number, [^\n]*\n {2}by rule [\w-]+: \d+\.\d bits: given [^\n]*birthDate same \+/);
  expect(out).not.toMatch(/okafor/i);
  expect((await onestory('link', 'why', randomUUID())).code).toBe(1);
});

it('compares links with the rule of now', async () => {
  expect((await onestory('linkage', 'show')).err).toContain('[linkage-run-none]');
  const { out } = await onestory('linkage', 'start', '--json');
  const { id } = JSON.parse(out) as { id: string };
  await until(async () => (await gateway.database.query<{ state: string }>('select state from linkage_run where id = $1', [id]))[0]?.state !== 'comparing', 'the end of the comparison', 50);
  expect((await onestory('linkage', 'show')).out).toContain(`${id}: compared, rule `);
  expect((await onestory('linkage', 'diff')).out).toBe('Nothing would change.\n');
  // whoever does not oversee all sharing neither starts nor approves, nor ends it
  for (const act of [['start'], ['show'], ['diff'], ['approve', id], ['give-up']]) expect((await asTyped(gateway, ['linkage', ...act, '--as', 'privacy-officer'])).err).toContain('[governance-role-required]');
  expect((await onestory('linkage', 'start')).err).toContain('[linkage-run-open]');
  expect((await onestory('linkage', 'approve', randomUUID())).err).toContain('[linkage-run-not-compared]');
  expect((await onestory('linkage', 'approve', id)).out).toMatch(/would link 0, would unlink 0/);
});

it('gives a comparison up, and nothing of it is applied', async () => {
  const run = async (): Promise<string> => (await gateway.database.query<{ state: string }>('select state from linkage_run order by started_at desc limit 1'))[0]?.state ?? '';
  await until(async () => await run() !== 'applying', 'the end of the run before', 50);
  await onestory('linkage', 'start');
  expect((await onestory('linkage', 'give-up')).code).toBe(0);
  expect(await run()).toBe('given-up');
  expect((await onestory('linkage', 'give-up')).err).toContain('[linkage-run-not-compared]');
});
