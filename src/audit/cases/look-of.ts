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
 * The look an entry tells of, or null where it is none that is judged: by a system, for another purpose, of a list of several
 * people, or of one that met nobody without being about people. A list opens no record.
 */
export function lookOf(entry: AuditEntry, rule: Pick<CaseRule, 'purposes' | 'interactions'>): Look | null {
  const { who, purpose, interaction, citizen, disclosed, listed } = entry;
  if (!who.person || who.organisation === undefined || purpose === undefined || !rule.purposes.includes(purpose) || !rule.interactions.includes(interaction)) return null;
  const opened = entry.outcome === 'permitted' && citizen !== undefined && disclosed.length > 0;
  if (!opened && !metNobody(entry)) return null;
  if (listed !== undefined) return null;
  return {
    entry: entry.id, at: new Date(entry.at), ...londonMoment(new Date(entry.at)), person: who.person.id, name: who.person.name, role: who.role ?? '', organisation: who.organisation,
    citizen: opened ? citizen : null, custodians: entry.custodians, underEmergency: (entry.emergency ?? []).length > 0,
  };
}

/** Refused, or somebody was looked for and nobody found. A search of a known person's records that finds none is ordinary. */
function metNobody({ outcome, query, disclosed }: AuditEntry): boolean {
  return outcome === 'denied' || (outcome === 'permitted' && disclosed.length === 0 && /^Patient(\?|\/\$match)/.test(query));
}

/** The calendar day in London and the slot of the week. */
export function londonMoment(at: Date): { day: string; slot: string } {
  const parts = Object.fromEntries(londonTime.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = `${parts['year']}-${parts['month']}-${parts['day']}`;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return { day, slot: `${weekday === 0 || weekday === 6 ? 'e' : 'w'}${parts['hour']}` };
}
