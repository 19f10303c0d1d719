import type { EmergencyDetails, EmergencyEntry } from '../../../src/flow/sharing/list-emergencies.ts';
import { openLoadedPglite } from '../../databases.ts';
import { castMember, detailsOf, openEmergency, population } from '../../flow/emergency-asks.ts';
import { wholeRecord } from '../../flow/whole-record.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { onestory } from './run-command.ts';

/** `onestory emergency …` as a privacy officer types it. */

let gateway: Gateway;
let access: { citizen: string; reference: string };
beforeAll(async () => {
  gateway = await startGateway(await openLoadedPglite(population.citizens));
  access = await openEmergency(gateway, detailsOf(castMember('objected')), 'social-worker');
  await wholeRecord(gateway, 'social-worker', access.citizen);
});
afterAll(() => gateway.close());

const emergency = (...args: string[]): ReturnType<typeof onestory> => onestory(gateway, ['emergency', ...args]);
const officer = ['--as', 'privacy-officer'];

describe('onestory emergency', () => {
  it('lists what waits for a review, with who and why', async () => {
    const { code, out, err } = await emergency('list', ...officer);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^${access.reference}: opened 20[^ ]+Z, live until 20[^ ]+Z, open for 0 days$`)),
      '  by: Sukhdev Bains (social-worker), social-worker, Birmingham City Council',
      '  why: serious-harm-person: Found on the floor at home and cannot say who cares for him',
      '  review of University Hospitals Birmingham NHS Foundation Trust: open', '',
    ]);
    expect((await emergency('list', '--state', 'reviewed', ...officer)).out).toBe('Nothing has been reviewed.\n');
    expect((await emergency('list', '--as', 'privacy-officer-bsmhft')).out).toBe('Nothing waits for a review.\n');
    expect((JSON.parse((await emergency('list', '--json', ...officer)).out) as { emergencyAccesses: EmergencyEntry[] }).emergencyAccesses.map(({ reference }) => reference)).toEqual([access.reference]);
  });

  it('shows what was looked at, by sort and by entry of the log', async () => {
    const { code, out } = await emergency('show', access.reference, ...officer);
    expect(code).toBe(0);
    expect(out).toContain(`\n  citizen: ${access.citizen}\n`);
    expect(out).toMatch(/\n {2}seen: (?:[a-z-]+ \d+(?:, )?)+\n {2}log: 20[^ ]+Z everything [0-9a-f-]{36}\n/);
    expect((JSON.parse((await emergency('show', access.reference, '--json', ...officer)).out) as EmergencyDetails).looks.entries).toHaveLength(1);
  });

  it('revokes, then reviews, once', async () => {
    expect((await emergency('review', access.reference, '--outcome', 'appropriate', '--note', 'Fine', ...officer)).err).toMatch(/\[emergency-access-live\]\n {2}to mend it: [^\n]*Revoke it/);
    const revoked = await emergency('revoke', access.reference, ...officer);
    expect([revoked.code, revoked.out]).toEqual([0, expect.stringContaining(', over since ')]);
    const done = await emergency('review', access.reference, '--outcome', 'not-appropriate', '--note', 'The person was with their own GP', ...officer);
    expect([done.code, done.err]).toEqual([0, '']);
    expect(done.out).toMatch(/, reviewed\n[^]* {2}review of University Hospitals Birmingham NHS Foundation Trust: not-appropriate, by Marcus Facey on 20[^ ]+Z: The person was with their own GP\n/);
    expect((await emergency('list', '--state', 'reviewed', ...officer)).out).toContain(access.reference);
  });

  it.each<[string, string[], RegExp]>([
    ['a second review', ['review', 'REFERENCE', '--outcome', 'appropriate', '--note', 'Fine', ...officer], /\[emergency-already-reviewed\]/],
    ['a second end', ['revoke', 'REFERENCE', ...officer], /\[emergency-access-over\]/],
    ['somebody who was not asked', ['show', 'REFERENCE', '--as', 'privacy-officer-bsmhft'], /\[emergency-access-unknown\]/],
    ['somebody who gives care', ['list', '--as', 'ward-doctor'], /\[governance-role-required\]/],
    ['another outcome', ['review', 'REFERENCE', '--outcome', 'fine', '--note', 'Fine', ...officer], /argument 'fine' is invalid[^]*needs-follow-up/],
    ['no note', ['review', 'REFERENCE', '--outcome', 'appropriate', ...officer], /required option '--note/],
    ['nobody who says who asks', ['list'], /\[token-not-given\]/],
  ])('refuses %s with exit code 1 and a reason', async (_, args, reason) => {
    const { code, out, err } = await emergency(...args.map((each) => (each === 'REFERENCE' ? access.reference : each)));
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(reason);
  });
});
