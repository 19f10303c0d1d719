import type { Grader } from '../../linkage/decide-link.ts';
import { decideMerge, type MergeDoubt } from '../../linkage/decide-merge.ts';
import type { Candidate, PersonFacts } from '../../linkage/types.ts';
import type { Connection } from '../../store/database.ts';
import { loadApart, loadPlaces } from '../../store/linkage/link-decisions.ts';
import type { Registry } from './link-people.ts';

/** The citizen somebody was said to be before being described; `doubt`: why what is said of them leaves that to a person. */
export interface Place {
  citizen: string;
  doubt: MergeDoubt | null;
}

/** What was decided about whom a source Patient is, by a message or a person: no rule decides otherwise. */
export interface Decisions {
  /** candidates without those whom the person was told apart from */
  mayBe(person: string, candidates: readonly Candidate[]): Candidate[];
  /** where a person goes who was named before being described; undefined: nothing was decided, or they were told apart from somebody there */
  placeOf(person: string, facts: PersonFacts, grade: Grader): Place | undefined;
}

/** Loads what was decided of these source Patients. */
export async function loadDecided(connection: Connection, registry: Registry, persons: readonly string[]): Promise<Decisions> {
  const ids = [...new Set(persons)];
  const [apart, places] = [await loadApart(connection, ids), await loadPlaces(connection, ids.filter((id) => registry.homeOf(id) === undefined))];
  if (places.size > 0) await registry.loadCitizens(connection, [...new Set(places.values())]);
  const isApart = (person: string, citizen: string): boolean => {
    const others = apart.get(person);
    return others !== undefined && [...registry.factsOf(citizen).keys()].some((id) => others.has(id));
  };
  return {
    mayBe: (person, candidates) => candidates.filter(({ citizen }) => !isApart(person, citizen)),
    placeOf: (person, facts, grade) => {
      const citizen = registry.homeOf(person) === undefined ? places.get(person) : undefined;
      if (citizen === undefined || isApart(person, citizen)) return undefined;
      const decided = decideMerge([facts], [...registry.factsOf(citizen).values()], grade);
      return { citizen, doubt: decided.kind === 'review' ? decided.rule : null };
    },
  };
}
