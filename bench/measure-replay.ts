import type { World } from './world.ts';
import type { Print } from './settings.ts';
import { inMegabytes } from './watch-memory.ts';

/**
 * A changed map run over every raw message of the hospital, in thought and then written: messages per second, and the most
 * memory the gateway held. The map changes what every Patient says.
 */
export async function measureReplay(world: World, print: Print): Promise<void> {
  const database = await world.newDatabase();
  const taking = await world.onestory(database);
  const { records = 0, seconds = 0 } = await taking.ask({ do: 'take-in', what: 'hospital', citizens: world.settings.replayPeople });
  world.say(`replay: ${records} messages taken in, in ${seconds.toFixed(0)} s`);
  const changed = await world.onestory(database, { composition: 'changed-map' });
  const cpuOf = async (): Promise<number> => ((await changed.ask({ do: 'cpu' })).cpuMs ?? 0) / 1_000;
  const cpu = [await cpuOf()];
  const shadow = await changed.ask({ do: 'replay', what: 'start' });
  cpu.push(await cpuOf());
  const { bytes: memory = 0, held = 0 } = await changed.ask({ do: 'memory', settled: true });
  const swap = await changed.ask({ do: 'replay', what: 'approve' });
  cpu.push(await cpuOf());
  const [began = 0, thought = 0, written = 0] = cpu;
  world.say(`replay: ${records} messages, ${shadow.records ?? 0} resources differ; in thought ${(shadow.seconds ?? 0).toFixed(1)} s, written ${(swap.seconds ?? 0).toFixed(1)} s; processor time of the gateway ${(thought - began).toFixed(1)} and ${(written - thought).toFixed(1)} s`);
  print('replay.records', records, 'records');
  print('replay.shadow', records / (shadow.seconds ?? 1), 'records/s', undefined, { of: 'value', atLeast: 834 });
  print('replay.swap', records / (swap.seconds ?? 1), 'records/s', undefined, { of: 'value', atLeast: 834 });
  print('replay.memory', inMegabytes(memory), 'MB');
  print('replay.held', inMegabytes(held), 'MB');
}
