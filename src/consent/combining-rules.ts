import type { Requester, SharingClass } from '../fhir/sharing.ts';
import { ruleAgreement } from './rule-agreement.ts';
import { ruleChoice } from './rule-choice.ts';
import { ruleBreakGlass } from './rule-break-glass.ts';
import { ruleDeny } from './rule-deny.ts';
import { ruleOwn } from './rule-own.ts';
import { ruleRestrictedLabels } from './rule-restricted-labels.ts';
import type { ChoiceRule, Decision, RecordFacts, RegisteredAgreement, Relationship } from './types.ts';

/** Everything a decision about one row may depend on. `choices` are the citizen's that count at `now`. */
export interface Question {
  requester: Requester;
  sharingClass: SharingClass;
  /** the row itself, for choices about single records; absent: its class as a whole, where such choices deny and do not permit */
  record?: RecordFacts | undefined;
  agreements: readonly RegisteredAgreement[];
  choices: readonly ChoiceRule[];
  relationships: readonly Relationship[];
  /** this person has live emergency access to the citizen */
  emergency: boolean;
  now: Date;
}

export interface CombiningRule {
  number: Decision['rule'];
  /** for the governance screen */
  says: string;
  /** undefined: this rule does not decide, ask the next */
  decide: (question: Question) => Decision | undefined;
}

/** The order of the rules: the first that decides, decides. */
export const combiningRules: readonly CombiningRule[] = [
  { number: 1, says: 'The custodian sees its own records; for purposes beyond individual care not those of a person who opted out.', decide: ruleOwn },
  { number: 2, says: 'Labelled records are opened only by a clause that names every label.', decide: ruleRestrictedLabels },
  { number: 3, says: "A citizen's choice closes what it names, but for what the same choice permits within that; between choices the stricter decides. Custodians are reached by an opt-out only, oversight by none.", decide: ruleChoice },
  { number: 4, says: 'A clause of an agreement in force opens what it covers, when its consent and relationship hold.', decide: ruleAgreement },
  { number: 5, says: 'Emergency access stands in for a relationship, and passes a general objection; nothing else.', decide: ruleBreakGlass },
  { number: 6, says: 'Everything else is closed.', decide: ruleDeny },
];
