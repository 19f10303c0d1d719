import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import { openCity } from './city.ts';
import { explainPlans } from './explain-plans.ts';
import { measureDoor, measureRelated } from './measure-door.ts';
import { measureRevocation } from './measure-revocation.ts';
import { measureTiming } from './measure-timing.ts';
import { measureWhatIf } from './measure-what-if.ts';
import { measureWorkList, printWorkList } from './measure-worklist.ts';

/** What sharing costs, and what it gives away by the time it takes, in a record of 300 organisations and 200 clauses. See docs/benchmarks.md. */
export async function measureSharing(world: World, print: Print): Promise<void> {
  const { sizes: [few, many] } = world.settings.sharing;
  const city = await openCity(world);
  try {
    await city.growTo(few);
    const small = await measureWorkList(city);
    await city.growTo(many);
    const large = await measureWorkList(city);
    printWorkList([small, large], [few, many], print);
    await measureDoor(city, print);
    await measureRelated(city, print);
    await explainPlans(city);
    await measureTiming(city, print);
    await measureWhatIf(city, print);
    await measureRevocation(city, print);
  } finally {
    await city.close();
  }
}
