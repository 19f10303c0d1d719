import type { Person } from '../../src/demo/person.ts';
import { adtMessages } from '../../src/demo/write-adt.ts';
import { population } from '../flow/emergency-asks.ts';

/** Somebody the hospital registers a second time, without a number and with another first name. */
export function registeredAgain(person: Person, given: string): string {
  const { nhsNumber: _, ...unnumbered } = person;
  return adtMessages(population.seed, { ...unnumbered, index: 91, traced: false, name: { ...person.name, given }, known: { uhb: 'T91' }, locationHidden: false }).map(({ text }) => text).join('');
}
