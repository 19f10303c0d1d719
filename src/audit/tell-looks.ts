import { londonDay } from '../fhir/london-day.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import { unauthenticated } from './describe-request.ts';
import type { AuditEntry } from './types.ts';

/** What somebody did, as a citizen would tell it apart. */
export type LookKind = 'look' | 'list' | 'search' | 'written' | 'emergency' | 'linked' | 'kept' | 'oversight' | 'other';
/** `nothing-shown`: it was allowed, and there was nothing to be shown */
export type LookOutcome = 'shown' | 'nothing-shown' | 'recorded' | 'refused' | 'failed';

export interface LookReason {
  effect: 'permit' | 'deny';
  /** number of the combining rule */
  rule: string;
  agreement?: string;
  version?: string;
  clause?: string;
}

/** One look, or all looks of one person on one London day for the same purpose that ended the same way. */
export interface LookLine {
  /** UTC ISO, of the first and of the last of them */
  first: string;
  last: string;
  looks: number;
  by: 'person' | 'system' | 'nobody';
  organisation: OrganisationKey | null;
  /** as the token named it */
  organisationName: string | null;
  role: string | null;
  purpose: string | null;
  kind: LookKind;
  outcome: LookOutcome;
  /** references of emergency access it was made under */
  emergency: string[];
  /** number of records by category */
  categories: Record<string, number>;
  reasons: LookReason[];
  /** something was not shown to them */
  keptBack: boolean;
}

const kinds: Readonly<Record<string, LookKind>> = {
  'read': 'look', 'vread': 'look', 'history-instance': 'look', 'history-type': 'look', 'history-system': 'look', 'everything': 'look', 'story': 'look', 'print': 'look', 'timeline': 'look', 'summary': 'look', 'search-type': 'look', 'export-file': 'look', 'notify': 'look', 'subscription-events': 'look', 'match': 'search', 'search-system': 'search', 'presence': 'search', 'ihe-pix': 'search', 'docref': 'search',
  'create': 'written', 'update': 'written', 'patch': 'written', 'delete': 'written', 'transaction': 'written', 'process-message': 'written', 'intake': 'written', 'pull-person': 'written', 'confirm': 'written', 'correct': 'written', 'same-event': 'written',
  'break-glass': 'emergency', 'end-break-glass': 'emergency', 'emergency-review': 'emergency', 'emergency-revoke': 'emergency', 'emergency-list': 'oversight',
  'link-list': 'linked', 'link-show': 'linked', 'link-why': 'linked', 'link-claim': 'linked', 'link-release': 'linked', 'link-decide': 'linked', 'link-undo': 'linked', 'link-merge': 'linked', 'link-split': 'linked', 'link-apart': 'linked', 'link-visit': 'linked',
  'access-report': 'oversight', 'audit-report': 'oversight', 'look-replay': 'oversight', 'case-show': 'oversight', 'watched-add': 'oversight', 'watched-end': 'oversight', 'reconstruct': 'oversight', 'explain-access': 'oversight', 'audit-proof': 'oversight',
  'legal-hold-place': 'kept', 'legal-hold-end': 'kept',
  'hold-back-list': 'oversight', 'hold-back-decide': 'oversight', 'hold-back-end': 'oversight', 'subject-access': 'oversight',
};

/** One list of what a look at a record is: for telling of it, for deciding it again, and for trying a draft on it. */
const looksAtRecords = Object.entries(kinds).filter(([, kind]) => kind === 'look' || kind === 'search').map(([interaction]) => interaction);
/** Changes of everybody's, files and notifications: what there was to see is not written down, only what was sent. */
const ofManyAtOnce: readonly string[] = ['history-type', 'history-system', 'export-file', 'notify', 'subscription-events'];

/** Looks by what was asked: they can be asked once more. */
export const repeatableLooks: readonly string[] = looksAtRecords.filter((interaction) => !ofManyAtOnce.includes(interaction));
/** Looks by what was sent: that can be judged, and nothing beside it. */
export const looksAtMany: readonly string[] = looksAtRecords.filter((interaction) => ofManyAtOnce.includes(interaction));

/** What was asked without naming anybody shows lists of people and opens nobody's record. */
export function kindOf(entry: Pick<AuditEntry, 'interaction' | 'query' | 'listed'>): LookKind {
  const { interaction, query, listed } = entry;
  if (['read', 'search-type'].includes(interaction) && query.startsWith('AuditEvent')) return 'oversight';
  const kind = interaction === 'search-type' && query.startsWith('Patient') ? 'search' : Object.hasOwn(kinds, interaction) ? (kinds[interaction] ?? 'other') : 'other';
  return seen.includes(kind) && (listed !== undefined || !namesSomebody(entry)) ? 'list' : kind;
}

/** Of these something is shown, or nothing. */
const seen: readonly LookKind[] = ['look', 'list', 'search'];
/** Whether a look was asked for about somebody. A search for people asks about somebody, by whatever it knows of them. */
function namesSomebody({ interaction, query }: Pick<AuditEntry, 'interaction' | 'query'>): boolean {
  if (ofManyAtOnce.includes(interaction)) return false; // about people, whoever that is
  return interaction !== 'search-type' || query.startsWith('Patient') || namesInQuery(query);
}

/** Whether a search has a parameter that names somebody, itself or by what it goes through; `query` is in its normal form. */
export function namesInQuery(query: string): boolean {
  return /[?&](?:(?:patient|subject)(?::[^=&.]*)?\.)?(?:_id|identifier|patient|subject)(?::[^=&.]*)?=/.test(query);
}

export function outcomeOf(entry: Pick<AuditEntry, 'interaction' | 'query' | 'listed' | 'outcome' | 'disclosed'>): LookOutcome {
  if (entry.outcome === 'denied') return 'refused';
  if (entry.outcome === 'failed') return 'failed';
  if (!seen.includes(kindOf(entry))) return 'recorded';
  return entry.disclosed.length > 0 ? 'shown' : 'nothing-shown';
}

/** Looks gathered into lines, in the order the first of each came. */
export interface LookLines {
  /** false where one line more would be too many; it is not added then */
  add: (entry: AuditEntry, categories: Readonly<Record<string, number>>) => boolean;
  lines: () => LookLine[];
}

export function gatherLooks(mostLines: number): LookLines {
  const gathered = new Map<string, LookLine>();
  return {
    add: (entry, categories) => {
      const line = lineOf(entry, categories);
      const key = JSON.stringify([londonDay(new Date(entry.at)), entry.who.person?.id ?? entry.who.client, line.organisation, line.role, line.purpose, line.kind, line.outcome, line.emergency]);
      const before = gathered.get(key);
      if (!before && gathered.size >= mostLines) return false;
      gathered.set(key, before ? joined(before, line) : line);
      return true;
    },
    lines: () => [...gathered.values()],
  };
}

function lineOf(entry: AuditEntry, categories: Readonly<Record<string, number>>): LookLine {
  const { at, who, purpose, decisions, withheld, emergency = [] } = entry;
  return {
    first: at, last: at, looks: 1, by: who.person ? 'person' : who.client === unauthenticated ? 'nobody' : 'system',
    organisation: who.organisation ?? null, organisationName: who.organisationName ?? null, role: who.role ?? null, purpose: purpose ?? null,
    kind: kindOf(entry), outcome: outcomeOf(entry), emergency: [...emergency], categories: { ...categories }, keptBack: withheld.length > 0,
    reasons: unique(decisions.map(({ effect, rule, agreement, version, clause }) => ({
      effect, rule, ...(agreement !== undefined && { agreement }), ...(version !== undefined && { version }), ...(clause !== undefined && { clause }),
    }))),
  };
}

function joined(one: LookLine, other: LookLine): LookLine {
  const categories = { ...one.categories };
  for (const [category, count] of Object.entries(other.categories)) categories[category] = (categories[category] ?? 0) + count;
  return {
    ...one, categories, first: one.first < other.first ? one.first : other.first, last: one.last > other.last ? one.last : other.last,
    looks: one.looks + other.looks, keptBack: one.keptBack || other.keptBack, reasons: unique([...one.reasons, ...other.reasons]),
  };
}

function unique(reasons: readonly LookReason[]): LookReason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
