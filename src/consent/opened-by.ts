import type { RelationshipKind } from '../fhir/sharing.ts';
import type { ClassRule, ClauseReference, NoRule } from './types.ts';

/** What held for a row when it was read, as far as a decision may rest on it. */
export interface Held {
  /** relationships the asking organisation had with the citizen */
  kinds: readonly RelationshipKind[];
  /** the Consent that permits what is asked, as a choice names it; null: none does */
  permits: string | null;
  /** this person had emergency access to the citizen */
  emergency: boolean;
}

/** The one thing that opened a row of a class. */
export type Opened = Exclude<ClassRule, NoRule> | ({ kind: 'emergency' } & ClauseReference);

/**
 * Which of the ways a class can be opened did open a row: the clause whose relationship or consent held, in the order in
 * which `decide` asks. Undefined: none of them held.
 */
export function openedBy(rule: Exclude<ClassRule, NoRule>, { kinds, permits, emergency }: Held): Opened | undefined {
  if (rule.kind !== 'related' && rule.kind !== 'explicit') return rule;
  const isLive = (wanted: readonly RelationshipKind[]): boolean => wanted.some((kind) => kinds.includes(kind));
  if (rule.kind === 'related') {
    const { alternatives = [], withConsent: _, ...first } = rule;
    if (isLive(first.relationships)) return first;
    const other = alternatives.find(({ relationships }) => isLive(relationships));
    if (other) return { kind: 'related', notice: rule.notice, ...other };
  }
  const consented = permits === null ? undefined : rule.withConsent?.find(({ relationships }) => relationships === undefined || isLive(relationships));
  if (permits !== null && consented) return { kind: 'explicit', notice: rule.notice, ...referenceOf(consented), withConsent: [], choice: permits };
  return rule.kind === 'related' && emergency ? { kind: 'emergency', ...referenceOf(rule) } : undefined;
}

function referenceOf({ agreement, version, clause }: ClauseReference): ClauseReference {
  return { agreement, version, clause };
}
