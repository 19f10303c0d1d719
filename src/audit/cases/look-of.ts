import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { AuditEntry } from '../types.ts';
import type { CaseRule } from './case-rule.ts';

/** One look by a person, as far as its oddness depends on it. */
export interface Look {
  /** id of the entry */
  entry: string;
  at: Date;
  /** in London */
  day: string;
  /** hour of the day in London, and whether it was a weekend: `w09`, `e23` */
  slot: string;
  person: string;
  name: string;
  role: string;
  organisation: OrganisationKey;
  /** whose record was opened; null: the question met nobody, or nobody it was allowed to meet */
  citizen: string | null;
  /** whose data was sent */
  custodians: readonly OrganisationKey[];
  underEmergency: boolean;
}

const londonTime = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' });

/**
 * The looks an entry tells of: one at each citizen it opened a record of, one at nobody where it met nobody. None where it is
 * none that is judged: by a system, for another purpose, or of a list that nobody was named for. A list opens no record.
 */
export function looksOf(entry: AuditEntry, rule: Pick<CaseRule, 'purposes' | 'interactions'>): Look[] {
  const { who, purpose, interaction } = entry;
  if (!who.person || who.organisation === undefined || purpose === undefined || !rule.purposes.includes(purpose) || !rule.interactions.includes(interaction)) return [];
  const look: Omit<Look, 'citizen'> = {
    entry: entry.id, at: new Date(entry.at), ...londonMoment(new Date(entry.at)), person: who.person.id, name: who.person.name, role: who.role ?? '', organisation: who.organisation,
    custodians: entry.custodians, underEmergency: (entry.emergency ?? []).length > 0,
  };
  if (entry.outcome === 'permitted' && entry.disclosed.length > 0) return openedBy(entry).map((citizen) => ({ ...look, citizen }));
  return metNobody(entry) ? [{ ...look, citizen: null }] : [];
}

/** Whose records a question opened: of several people, only where they were named in it. */
function openedBy({ citizen, listed, query }: AuditEntry): readonly string[] {
  if (listed === undefined) return citizen === undefined ? [] : [citizen];
  return namesPeople.test(query) ? listed : [];
}

const namesPeople = /^Patient\?(?:.*&)?(?:_id|identifier)(?::[^=&]*)?=\*|[?&](?:patient|subject|individual|beneficiary)(?::Patient)?(?:\.(?:_id|identifier))?=\*/;

/** Refused, or somebody was looked for and nobody found. A search of a known person's records that finds none is ordinary. */
function metNobody({ outcome, query, disclosed }: AuditEntry): boolean {
  return outcome === 'denied' || (outcome === 'permitted' && disclosed.length === 0 && /^Patient(?:\?|\/\$(?:match|(?:summary|presence|ihe-pix)\?))/.test(query));
}

/** The calendar day in London and the slot of the week. */
export function londonMoment(at: Date): { day: string; slot: string } {
  const parts = Object.fromEntries(londonTime.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = `${parts['year']}-${parts['month']}-${parts['day']}`;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return { day, slot: `${weekday === 0 || weekday === 6 ? 'e' : 'w'}${parts['hour']}` };
}
