/** As GET /governance/agreements answers; with id and version also the text. */
export interface RegisterEntry {
  id: string;
  version: string;
  title: string;
  state: string;
  warnings: { of: 'end' | 'review'; day: string; days: number }[];
  next: string;
  sha256: string;
  activatedAt: string | null;
  terminatedAt: string | null;
  /** `system|value`; signedAt null: has not signed */
  parties: { organisation: string; name: string; signatoryRole: string; signedAt: string | null }[];
  content?: string;
}

/** As POST /governance/agreements/what-if reports. A count that is null is too small to tell. */
export interface WhatIfReport {
  draft: { id: string; version: string; sha256: string };
  replaces: string | null;
  since: string;
  until: string;
  looks: number;
  lookedAtNobody: number;
  notJudged?: number;
  judgedByTypeAlone: boolean;
  smallNumber: number;
  lines: WhatIfLine[];
}

export interface WhatIfLine {
  effect: 'shown' | 'hidden';
  organisation: string;
  role: string;
  purpose: string;
  custodian: string;
  category: string;
  labels: string[];
  looks: number | null;
  citizens: number | null;
  records: number | null;
  clause?: { agreement: string; version: string; clause: string };
}
