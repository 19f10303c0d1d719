import { choiceMade } from './choice-effect.ts';
import { referenceTo } from './clauses-in-force.ts';
import type { PlacedClause } from './clauses-in-force.ts';
import type { Question } from './combining-rules.ts';
import { coveringClauses } from './covering-clauses.ts';
import { explainPermitted, namesFrom } from './explain.ts';
import { oversees } from './oversees.ts';
import type { Decision } from './types.ts';

/**
 * Rule 4: a covering clause permits when its consent is implied and, if it asks for a relationship, a live one exists.
 * Of several the least demanding is cited. Where consent must be explicit, the person's choice must permit, whatever else.
 */
export function ruleAgreement(question: Question): Decision | undefined {
  const { requester, sharingClass, agreements } = question;
  const implied = coveringClauses(question).filter(({ clause }) => clause.consentBasis === 'implied');
  const names = namesFrom(agreements);
  const unconditional = implied.find(({ clause }) => clause.relationships === undefined);
  if (unconditional) {
    const cited = referenceTo(unconditional);
    const overseen = oversees(requester.role, requester.purpose, sharingClass.category);
    return explainPermitted(overseen ? { kind: 'oversight', ...cited } : { kind: 'open', ...cited, notice: unconditional.clause.notice }, names);
  }
  const related = implied.find((placed) => hasRelationship(placed, question));
  if (!related) return byConsent(question);
  return explainPermitted({ kind: 'related', relationships: related.clause.relationships ?? [], ...referenceTo(related), notice: related.clause.notice }, names);
}

function byConsent(question: Question): Decision | undefined {
  const { requester, sharingClass, record, agreements, choices } = question;
  const made = choiceMade(choices, requester, sharingClass, record);
  if (made?.effect !== 'permits') return undefined;
  const explicit = coveringClauses(question).find((placed) => placed.clause.consentBasis === 'explicit' && (placed.clause.relationships === undefined || hasRelationship(placed, question)));
  return explicit && explainPermitted({ kind: 'explicit', ...referenceTo(explicit), notice: explicit.clause.notice, withConsent: [], choice: made.consent }, namesFrom(agreements));
}

function hasRelationship({ clause }: PlacedClause, { requester, relationships, now }: Question): boolean {
  return relationships.some(({ organisation, kind, until }) =>
    organisation === requester.organisation && (clause.relationships ?? []).includes(kind) && (until === null || now < until));
}
