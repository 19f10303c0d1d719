/** GET /governance/cases, as far as the screens read it. */
export interface CaseEntry {
  reference: string;
  state: string;
  outcome: string | null;
  side: 'keeper' | 'asked';
  keeper: string;
  keeperName: string | null;
  about: { person: string; name: string; role: string; organisation: string; organisationName: string | null };
  signals: string[];
  openedAt: string;
  lastOddAt: string;
  takenBy: string | null;
  due: string | null;
  overdue: boolean;
}

export interface CaseSubject {
  label: string;
  kind: 'citizen' | 'day';
  citizen: string | null;
  odd: { signal: string; sentence: string; rarity: string; looks: number; lastAt: string }[];
  looks: { id: string; at: string; interaction: string }[];
}

export interface CaseDetails extends CaseEntry {
  subjects: CaseSubject[];
  more: boolean;
  events: { n: number; at: string; kind: string; personName: string | null; text: string | null; outcome: string | null; due: string | null }[];
}

/** GET /governance/look-replays, as far as the screens read it. */
export interface LookReplays {
  looks: {
    entry: { id: string; outcome: string };
    shown: { version: string; category: string | null }[];
    withheld: { category: string; count: number }[];
    decisions: { effect: string; sentence: string }[];
  }[];
}

/** As GET /governance/watched-citizens answers. */
export interface WatchedPerson {
  id: string;
  citizen: string;
  kind: 'prominent' | 'staff';
  /** of staff: who they are at the issuer */
  person: string | null;
  reason: string;
  /** of those who oversee sharing: it counts for every custodian */
  forAll: boolean;
  decidedName: string;
  decidedAt: string;
  ended: { at: string; name: string } | null;
}
