import { exportCases } from './export-cases.ts';
import { firstHourCases } from './first-hour-cases.ts';
import { subscriptionCases } from './subscription-cases.ts';
import { openSystems, systemHouses, type SystemWorld } from './system-world.ts';

/** What systems ask for: one record for all of it. */
describe.each(systemHouses)('on $kind', ({ open }) => {
  let world: SystemWorld;
  beforeAll(async () => { world = await openSystems(open); });
  afterAll(() => world.close());

  describe('an export', () => { exportCases(() => world); });
  describe('a subscription', () => { subscriptionCases(() => world); });
  describe('a partner\'s first hour', () => { firstHourCases(() => world); });
});
