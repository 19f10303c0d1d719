import type { OrganisationKey, SharingRole } from '../fhir/sharing.ts';
import type { AuditEntry } from './types.ts';

/** Why looks may be left out of what a citizen is told, as `mappings/oversight/hold-back.json` has it. */
export interface HoldBackRule {
  code: string;
  /** by language */
  title: Readonly<Record<string, string>>;
  law: string;
  /** who may decide so */
  roles: readonly SharingRole[];
  reviewWithinMonths: number;
}

export interface HoldBackRules {
  version: string;
  note: string;
  rules: readonly HoldBackRule[];
}

/** Which looks a decision is about: those of an organisation, or of one person of it, from one instant until another. */
export interface HeldLooks {
  organisation: OrganisationKey;
  /** null: everybody's */
  person: string | null;
  from: Date;
  /** null: those to come as well */
  until: Date | null;
  rule: string;
  /** who decided it; their own looks are told all the same */
  decidedBy: string;
}

/** The rule a look is held back under, or null where it is told. */
export function heldUnder({ who, at }: AuditEntry, decisions: readonly HeldLooks[]): string | null {
  const instant = Date.parse(at);
  const held = decisions.find(({ organisation, person, from, until, decidedBy }) =>
    who.organisation === organisation && who.person?.id !== decidedBy && (person === null || who.person?.id === person) && from.getTime() <= instant && (until === null || instant < until.getTime()));
  return held?.rule ?? null;
}
