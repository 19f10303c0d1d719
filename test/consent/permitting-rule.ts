import { choiceEffect } from '../../src/consent/choice-effect.ts';
import type { ClassRule, ClauseReference, ConsentClause, Grant, NoRule, Refused } from '../../src/consent/types.ts';
import type { SharingClass } from '../../src/fhir/sharing.ts';
import type { SharingCase } from './random-sharing.ts';

export type Opened = Exclude<ClassRule, NoRule> | ({ kind: 'emergency' } & ClauseReference);
type World = Pick<SharingCase, 'requester' | 'record' | 'choices' | 'relationships' | 'emergency' | 'now'>;

/**
 * A compiled grant applied in memory to one row, as the door applies it in SQL: the rule that opens the row, with the
 * clause whose relationship or consent exists, or undefined when it stays closed.
 */
export function permittingRule(grant: Grant, sharingClass: SharingClass, world: World): Opened | undefined {
  const rule = grant.rules.get(sharingClass.id);
  if (!rule || rule.kind === 'none') return undefined;
  if (grant.exempt.includes(sharingClass.id)) return rule;
  if (refusedBy(sharingClass, world)) return undefined;
  if (grant.open.includes(sharingClass.id)) return rule;
  const live = new Set(world.relationships.filter(({ organisation, until }) => organisation === grant.organisation && (until === null || world.now < until)).map(({ kind }) => kind));
  const isLive = (kinds: readonly (typeof world.relationships)[number]['kind'][]): boolean => kinds.some((kind) => live.has(kind));
  if (rule.kind === 'related') {
    const { alternatives = [], withConsent: _, ...first } = rule;
    if (isLive(first.relationships)) return first;
    const other = alternatives.find(({ relationships }) => isLive(relationships));
    if (other) return { kind: 'related', notice: rule.notice, ...other };
  }
  const consented = choiceEffect(world.choices, world.requester, sharingClass, world.record) === 'permits'
    ? consentClausesOf(rule).find(({ relationships }) => relationships === undefined || isLive(relationships)) : undefined;
  if (consented) return { kind: 'explicit', notice: 'none', agreement: consented.agreement, version: consented.version, clause: consented.clause, withConsent: [] };
  if (rule.kind !== 'related' || !world.emergency) return undefined;
  return { kind: 'emergency', agreement: rule.agreement, version: rule.version, clause: rule.clause };
}

/** How the citizen's choice closes the class to this requester, as the door tells it. */
export function refusedBy(sharingClass: SharingClass, { choices, requester, record, emergency }: World): Refused | null {
  const effect = choiceEffect(choices, requester, sharingClass, record);
  return effect === undefined || effect === 'permits' || (effect === 'objects' && emergency) ? null : effect;
}

function consentClausesOf(rule: Exclude<ClassRule, NoRule>): readonly ConsentClause[] {
  return 'withConsent' in rule ? (rule.withConsent ?? []) : [];
}
