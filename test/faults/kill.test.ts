import { freshPostgres } from '../databases.ts';
import { sendersFor } from './feed-posts.ts';
import { runWithKills, type KillOutcome } from './run-with-kills.ts';

const kills = 2;
const citizens = 40;

describe(`a gateway on PostgreSQL, killed ${kills} times in the middle of its work`, () => {
  let outcome: KillOutcome;
  beforeAll(async () => {
    outcome = await runWithKills({
      kills, seed: 7, senders: sendersFor(citizens), databaseUrls: { killed: await freshPostgres('template1'), undisturbed: await freshPostgres('template1') },
    });
  });

  it('was killed while it worked: posts were cut off and rows were waiting', () => {
    expect(outcome.cutOff + outcome.pendingAtKills).toBeGreaterThan(0);
  });

  it.each([0, 1, 2, 3, 4])('keeps promise %i of five', (index) => {
    const promise = outcome.invariants[index];
    expect(promise).toMatchObject({ name: expect.any(String), violations: [] });
  });
});
