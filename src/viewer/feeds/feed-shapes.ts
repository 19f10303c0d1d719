/** As GET /governance/feeds answers. */
export interface FeedReport {
  feed: string;
  title: string;
  partner: string;
  state: string;
  mapping: { live: string; candidate: string | null };
  queue: { received: number; pending: number; retrying: number; quarantined: number; awaitingMerge: number; unmappedCodes: number; waitingSince: string | null; lastReceived: string | null };
  /** what came in the last 24 hours beside what usually does; `usualRows` null: too young to say */
  freshness: { lastGood: string | null; lagSeconds: number; rowsOfDay: number; errorRate: number; usualRows: number | null };
  /** of one feed alone */
  volume?: { day: string; rows: number }[];
  replay: string | null;
  ailments: { code: string; sentence: string; fix: string }[];
}

/** As GET /governance/feeds/{feed}/ledger answers. */
export interface FeedLedger {
  feed: string;
  fields: LedgerField[];
  coverage: Record<string, number>;
  /** false: there are more fields than are told */
  complete: boolean;
  unmappedCodes: { part: string; table: string; field: string; value: string; seen: number; suggestedRow: string | null }[];
}

export interface LedgerField {
  part: string;
  field: string;
  sentAs: string;
  state: string;
  dropped: { reason: string; approvedBy: string; date: string } | null;
  ways: { state: string; to: string | null; seen: number; example: { record: string; shape: string | null } | null }[];
}

/** As GET /governance/feeds/{feed}/replay answers. */
export interface ReplayReport {
  feed: string;
  state: string;
  base: string;
  candidate: string;
  /** more codes in these tables are all that changes */
  added: { codes: number; tables: string[] } | null;
  onboarding: boolean;
  startedBy: string;
  startedAt: string;
  approvedBy: string | null;
  approvedAt: string | null;
  finishedAt: string | null;
  progress: { recordsStaged: number; rows: number };
  erased: number;
  failures: number;
  counts: Record<'resource' | 'new-problem' | 'solved-problem', number>;
  differences: { kind: string; subject: string; place: string; count: number; examples: { record: string; id: string | null }[] }[];
}
