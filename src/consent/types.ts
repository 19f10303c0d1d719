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
  /** absent = no relationship needed */
  relationships?: RelationshipKind[];
  notice: NoticeMode;
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
  clauses: Clause[];
  /** lower-case hex SHA-256 of the canonical content */
  sha256: string;
}

export type AgreementState = 'draft' | 'in-force' | 'lapsed' | 'terminated';

/** An agreement with what the register knows of it. */
export interface RegisteredAgreement {
  agreement: Agreement;
  /** null until activated by `activate`; terminated when set */
  activatedAt: Date | null;
  terminatedAt: Date | null;
  signedBy: OrganisationKey[];
}

/** Why a class may or may not be seen: the same reason goes to the audit log, the OperationOutcome and the screens. */
export type ClassRule =
  | { kind: 'own' }
  | { kind: 'oversight'; agreement: string; version: string; clause: string }
  | { kind: 'open'; agreement: string; version: string; clause: string; notice: NoticeMode }
  | { kind: 'related'; relationships: RelationshipKind[]; agreement: string; version: string; clause: string; notice: NoticeMode }
  | { kind: 'explicit'; agreement: string; version: string; clause: string; notice: NoticeMode }
  | { kind: 'none'; reason: 'no-agreement' | 'role' | 'purpose' | 'category' | 'label' | 'unclassified' | 'lapsed';
      /** the nearest clause, when one exists between the two organisations, for its notice mode and its name */
      agreement?: string; version?: string; clause?: string; notice: NoticeMode };

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
  generation: number;
  /** earliest boundary of any agreement used; null = none */
  validUntil: Date | null;
  /** class ids seen whatever the citizen chose: rule 1 (own) and HOPERAT oversight */
  exempt: number[];
  /** rule 4, no relationship needed, subject to the citizen's choices */
  open: number[];
  /** rule 4 with a relationship: visible when a live relationship of one of the kinds exists */
  related: { classId: number; kinds: RelationshipKind[] }[];
  /** rule 4 with explicit consent: visible only when a permitting choice exists */
  explicit: number[];
  /** scopes other than citizen rows */
  directory: boolean;
  governance: boolean;
  rules: ReadonlyMap<number, ClassRule>;
}
