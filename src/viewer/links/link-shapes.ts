import type { Patient } from '@medplum/fhirtypes';

/** As GET /governance/link-reviews answers. */
export interface LinkReview {
  reference: string;
  foundAt: string;
  foundBy: string;
  bits: number | null;
  fields: FieldWeight[];
  held: string[];
  state: 'open' | 'claimed' | 'settled';
  claim: { name: string; until: string } | null;
  outcome: 'same' | 'different' | null;
  decidedAt: string | null;
}

export interface FieldWeight {
  field: string;
  level: string;
  bits: number;
}

/** As GET /governance/link-reviews/{reference} answers. */
export interface LinkPair extends LinkReview {
  seen: string;
  ruleVersion: string;
  now: { bits: number; grade: string; fields: FieldWeight[]; held: string[] } | null;
  secondOpinion: boolean;
  opinions: { by: string; organisation: string; outcome: string; reason: string; at: string; round: number }[];
  round: number;
  records: { citizen: string; patient: Patient }[];
}

/** As GET /governance/linkage-run answers. */
export interface LinkageRun {
  id: string;
  rule: string;
  state: string;
  looked: number;
  startedAt: string;
  startedBy: string;
  approvedBy: string | null;
  link: number;
  unlink: number;
  applied: number;
  doubtful: number;
  outdated: number;
}

export interface LinkageChange {
  id: string;
  citizen: string;
  kind: string;
  other: string | null;
  bits: number | null;
  outcome: string | null;
}
