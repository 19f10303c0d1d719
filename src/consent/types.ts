import type { OrganisationKey, Purpose, RelationshipKind, SharingCategory, SharingRole } from '../fhir/sharing.ts';

/** How much a requester is told about what a clause keeps back. */
export type NoticeMode = 'none' | 'generic' | 'organisation';

export interface Clause {
  /** `4.2` */
  number: string;
  text: string;
  from: OrganisationKey[];
  to: OrganisationKey[];
  purposes: Purpose[];
  roles: SharingRole[];
  categories: SharingCategory[];
  consentBasis: 'implied' | 'explicit';
  /** labels this clause opens; a row carrying any label not named here is not covered */
  labels: string[];
  /** labels the parties agreed to keep out: no row carrying one is covered, and no other clause of the text may open one for the same sharing */
  excludedLabels?: string[];
  /** absent = no relationship needed */
  relationships?: RelationshipKind[];
  notice: NoticeMode;
  /** how long receivers keep what they were shown, in words, where it is not as for the whole agreement; decides nothing */
  retention?: string;
}

/** Content of one agreements/*.yaml, checked by schema. Status and signatures are not part of it. */
export interface Agreement {
  id: string;
  version: string;
  title: string;
  parties: { organisation: OrganisationKey; name: string; capacity: 'controller' | 'processor'; signatoryRole: string }[];
  /** half-open interval [start, end) as London calendar days made instants */
  period: { start: Date; end: Date };
  reviewDate: string;
  lawfulBases: string[];
  purposesText?: string;
  retention?: string;
  /** what the parties state they do not share, in words; it opens and closes nothing, because silence already denies */
  exclusions?: string[];
  clauses: Clause[];
  /** lower-case hex SHA-256 of the canonical content */
  sha256: string;
}

export type AgreementState = 'draft' | 'signed' | 'in-force' | 'lapsed' | 'terminated';

/** An agreement with what the register knows of it. */
export interface RegisteredAgreement {
  agreement: Agreement;
  /** null until activated by `activate`; terminated when set */
  activatedAt: Date | null;
  terminatedAt: Date | null;
  signedBy: OrganisationKey[];
  /** when each party signed, where the register knows it: for the published Contract, decides nothing */
  signatures?: { organisation: OrganisationKey; at: Date }[];
}

/** A clause as it is cited everywhere: in the audit log, in an OperationOutcome, on the screens. */
export interface ClauseReference {
  agreement: string;
  version: string;
  clause: string;
}

/** Why a class may or may not be seen: the same reason goes to the audit log, the OperationOutcome and the screens. */
export type ClassRule =
  | { kind: 'own' }
  | { kind: 'oversight'; agreement: string; version: string; clause: string }
  | { kind: 'open'; agreement: string; version: string; clause: string; notice: NoticeMode }
  | { kind: 'related'; relationships: RelationshipKind[]; agreement: string; version: string; clause: string; notice: NoticeMode;
      /** further clauses that open the same class, each with its own kinds of relationship */
      alternatives?: (ClauseReference & { relationships: RelationshipKind[] })[];
      /** clauses that open the same class with the person's explicit consent */
      withConsent?: ConsentClause[] }
  | { kind: 'explicit'; agreement: string; version: string; clause: string; notice: NoticeMode; withConsent: ConsentClause[]; /** the choice that permits, of a row that was opened */ choice?: string }
  | NoRule;

/** A clause that needs the person's permitting choice, and a relationship where it names kinds of one. */
export type ConsentClause = ClauseReference & { relationships?: RelationshipKind[] };

/** No rule opens the class. It cites the nearest clause, when there is one between the two organisations, for its notice mode and its name. */
export interface NoRule extends Partial<ClauseReference> {
  kind: 'none';
  /** `lapsed`: a clause of an agreement no longer in force would have; `unsigned`: a party it names has not signed */
  reason: 'no-agreement' | 'role' | 'purpose' | 'category' | 'label' | 'unclassified' | 'lapsed' | 'unsigned';
  notice: NoticeMode;
}

/** Whom and what a provision of a choice is limited to; an absent limit limits nothing, several hold together. */
export interface ChoiceLimits {
  /** the organisation that asks */
  organisations?: readonly OrganisationKey[];
  /** in which role its people ask */
  roles?: readonly SharingRole[];
  /** for which purposes; never oversight, which no choice reaches */
  purposes?: readonly Purpose[];
  /** what sort of information */
  categories?: readonly SharingCategory[];
  /** information that carries one of these labels */
  labels?: readonly string[];
  /** whose information: the organisation that wrote it */
  custodians?: readonly OrganisationKey[];
  /** types of resource. From here on a limit looks at the single record, not at its class only. */
  types?: readonly string[];
  /** records that carry one of these codes, as search tokens */
  tokens?: readonly bigint[];
  /** single records by id */
  ids?: readonly string[];
  /** records about this time: a denial reaches every record that touches it or has no date, a permission those within it */
  dates?: { from: Date | null; until: Date | null };
}

/** One provision of a citizen's choice, flattened: the limits of its parents are its own too. */
export interface ChoiceRule {
  effect: 'deny' | 'permit';
  limits: ChoiceLimits;
  /** the Consent it stands in, and its place there */
  consent: string;
  n: number;
  /** a permission: denials of the same Consent, by their place, to which it is an exception */
  overrides: readonly number[];
  /** a denial that is an opt-out from purposes beyond care: gives way to a permission that names purpose and organisation */
  optOut: boolean;
}

/** A rule as a Consent says it: with a time of its own within the Consent's (half-open; null = no bound). */
export interface WrittenRule extends Omit<ChoiceRule, 'consent' | 'n'> {
  from: Date | null;
  until: Date | null;
}

/** What a Consent is about: sharing, or one of the two opt-outs from purposes beyond individual care. Each stands by itself. */
export type ChoiceKind = 'sharing' | 'national-opt-out' | 'type-1-opt-out';

/**
 * What a Consent says. Of one source (see docs/agreements.md) and kind the one decided last counts, as a whole.
 * No rules: the agreements decide.
 */
export interface Choice {
  kind: ChoiceKind;
  /** the last instant its dateTime can mean; null: not said */
  decidedAt: Date | null;
  /** from when until when it counts (half-open; null = no bound) */
  from: Date | null;
  until: Date | null;
  rules: readonly WrittenRule[];
}

/**
 * What a citizen's live choices say of one look. `declines`: by opting out of purposes beyond individual care; `objects`: a
 * denial of the whole record to everybody.
 */
export type ChoiceEffect = 'permits' | Refused;
export type Refused = 'declines' | 'denies' | 'objects';

/** The same with the Consent it stands in: of several that say the same, the first by name. */
export interface ChoiceMade<Effect extends ChoiceEffect = ChoiceEffect> {
  effect: Effect;
  consent: string;
}

/** What of a single record a choice may look at. Null: not known, as with codes and dates of a version that is no longer. */
export interface RecordFacts {
  id: string;
  type: string;
  tokens: readonly bigint[] | null;
  from: Date | null;
  until: Date | null;
}

/** Evidence of care by an organisation, live while `now < until`; null = no end known. */
export interface Relationship {
  organisation: OrganisationKey;
  kind: RelationshipKind;
  until: Date | null;
}

/** Permit or deny for one row, with the combining rule that decided, its reason as a code and as one sentence. */
export interface Decision extends Partial<ClauseReference> {
  effect: 'permit' | 'deny';
  /** number in src/consent/combining-rules.ts */
  rule: 1 | 2 | 3 | 4 | 5 | 6;
  /** `stale`: the grant would have opened the row, but did not hold when it was read */
  reason: 'own' | 'oversight' | 'clause' | 'choice' | 'relationship' | 'consent' | 'emergency' | 'stale' | NoRule['reason'];
  sentence: string;
  /** the Consent that permitted or denied, as a choice names it */
  choice?: string;
}

/** Names for sentences: organisations by key, agreement titles by `id/version`. */
export interface SharingNames {
  organisations: ReadonlyMap<OrganisationKey, string>;
  agreements: ReadonlyMap<string, string>;
}

/**
 * What one requester may see right now, compiled to plain data. The store turns `own … explicit` into SQL; nothing
 * else decides. A class in none of the arrays is hidden.
 */
export interface Grant {
  /** SHA-256 over everything below: equal grants are the same grant */
  key: string;
  organisation: OrganisationKey;
  role: SharingRole;
  purpose: Purpose;
  person: string | null;
  client: string;
  /** nothing of anybody else is seen; null: no such limit */
  citizen: string | null;
  generation: number;
  /** earliest boundary of any agreement used; null = none */
  validUntil: Date | null;
  /** class ids seen whatever the citizen chose, but for an opt-out from purposes beyond care: rule 1 (own) and HOPERAT oversight */
  exempt: number[];
  /** rule 4, no relationship needed, subject to the citizen's choices */
  open: number[];
  /** rule 4 with a relationship: visible when a live relationship of one of the kinds exists */
  related: { classId: number; kinds: RelationshipKind[] }[];
  /** rule 4 with explicit consent: visible only when the citizen's choice permits */
  explicit: number[];
  /** the same where the clause asks for a relationship as well */
  explicitRelated: { classId: number; kinds: RelationshipKind[] }[];
  /** scopes other than citizen rows */
  directory: boolean;
  governance: boolean;
  /** of a system: why it sees nobody's records at all, or its own organisation's alone */
  narrow?: 'scopes' | 'agreements';
  rules: ReadonlyMap<number, ClassRule>;
}
