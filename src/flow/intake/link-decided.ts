import type { Grader } from '../../linkage/decide-link.ts';
import { decideMerge } from '../../linkage/decide-merge.ts';
import type { Candidate, PersonFacts } from '../../linkage/types.ts';
import type { Connection } from '../../store/database.ts';
import { loadApart, loadPlaces } from '../../store/linkage/link-decisions.ts';
import type { Registry } from './link-people.ts';

/** What was decided about whom a source Patient is, by a message or a person: no rule decides otherwise. */
export interface Decisions {
  /** candidates without those whom the person was told apart from */
  mayBe(person: string, candidates: readonly Candidate[]): Candidate[];
  /** where a person goes who was named before being described; undefined: nothing was decided, or what is said of them speaks against it */
  placeOf(person: string, facts: PersonFacts, grade: Grader): string | undefined;
}

/** Loads what was decided of these source Patients. */
export async function loadDecided(connection: Connection, registry: Registry, persons: readonly string[]): Promise<Decisions> {
  const ids = [...new Set(persons)];
  const [apart, places] = [await loadApart(connection, ids), await loadPlaces(connection, ids.filter((id) => registry.homeOf(id) === undefined))];
  if (places.size > 0) await registry.loadCitizens(connection, [...new Set(places.values())]);
  return {
    mayBe: (person, candidates) => {
      const others = apart.get(person);
      return others ? candidates.filter(({ citizen }) => ![...registry.factsOf(citizen).keys()].some((id) => others.has(id))) : [...candidates];
    },
    placeOf: (person, facts, grade) => {
      const place = registry.homeOf(person) === undefined ? places.get(person) : undefined;
      return place !== undefined && decideMerge([facts], [...registry.factsOf(place).values()], grade).kind === 'merge' ? place : undefined;
    },
  };
}
