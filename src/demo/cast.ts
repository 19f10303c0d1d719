import type { Day } from './calendar.ts';
import type { Identity } from './draw-identity.ts';
import type { Person } from './person.ts';
import { died, carer, hiddenLocation, movedHouse, objected, restrictedStay, twin } from './special-people.ts';
import { abdul } from './story-abdul.ts';
import { alice } from './story-alice.ts';

/** Makes the person who is always found at one place of a population, whatever the seed. */
export type Part = (drawn: Identity, world: { seed: number; today: Day }) => Person;

const parts = {
  abdul, alice,
  firstTwin: twin('Samina', 'Shabana', ['uhb', 'bchc']),
  secondTwin: twin('Shabana', 'Samina', ['uhb', 'bcc']),
  movedHouse, objected, restrictedStay, died, hiddenLocation, carer,
} as const satisfies { [name: string]: Part };

export type CastName = keyof typeof parts;

/** The first people of every population, in this order. */
export const cast: readonly Part[] = Object.values(parts);

/** At which place a member of the cast stands. */
export function castIndex(name: CastName): number {
  return Object.keys(parts).indexOf(name);
}
