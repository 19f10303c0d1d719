import { hiddenLocation } from '../../fhir/sharing-labels.ts';
import type { FragmentChange } from '../../store/record/record-writer.ts';
import type { ClassFacts } from '../../store/record/sharing-classes.ts';
import type { Apart } from './keep-apart.ts';

/** Several rows of different classes inside one list element: shown to nobody rather than to somebody too many. */
const severalTargets = '00000000-0000-8000-8000-000000000000';

/** The class of what tells where somebody is. */
export function hiddenClass({ custodian, category, labels }: ClassFacts): ClassFacts {
  return { custodian, category, labels: [...new Set([...labels, hiddenLocation])].sort() };
}

/** The class nobody but the custodian sees. */
export function unclassified({ custodian }: ClassFacts): ClassFacts {
  return { custodian, category: 'unclassified', labels: [] };
}

/**
 * Each part kept apart with its class: of the row it names; of contact details and places the row's own, or the hidden one.
 * A part that names several classes, or a row and a hidden place, is for its custodian alone.
 */
export function fragmentChanges(
  apart: Apart, facts: ClassFacts, hidden: boolean, classOf: (facts: ClassFacts) => number, classOfRow: (id: string) => number | undefined,
): FragmentChange[] {
  const { tokens } = apart.foundBy();
  return apart.fragments.map(({ path, value, targets, place }, index) => {
    const classes = new Set(targets.map((target) => classOfRow(target) ?? classOf(unclassified(facts))));
    const [classId] = classes;
    return {
      path, body: JSON.stringify(value), tokens: tokens[index] ?? [],
      ...(targets.length === 0
        ? { classId: classOf(hidden ? hiddenClass(facts) : facts), target: null }
        : classes.size === 1 && classId !== undefined && !place
          ? { classId, target: targets[0] ?? severalTargets }
          : { classId: classOf(unclassified(facts)), target: severalTargets }),
    };
  });
}
