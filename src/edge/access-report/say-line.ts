import type { ReportLine } from '../../flow/audit/release-access-report.ts';
import { fill, type ReportWords } from './words.ts';

/** A line in words: each part whole by itself. */
export interface SaidLine {
  when: string;
  who: string;
  what: string[];
  why: string[];
  outcome: string[];
  emergency: boolean;
}

/** `organisation` is its name as it is known. */
export function sayLine(line: ReportLine, organisation: string, words: ReportWords): SaidLine {
  return {
    when: whenOf(line, words), who: whoOf(line, organisation, words), emergency: line.emergency.length > 0 || line.kind === 'emergency',
    what: [words.kinds[line.kind], ...(line.looks > 1 ? [timesOf(line.looks, words)] : []), ...seen(line, words)],
    why: [purposeOf(line, words), ...(line.emergency.length > 0 ? [words.emergency] : []), ...line.reasons.flatMap((reason) => reasonOf(line, reason, words) ?? [])],
    outcome: [words.outcomes[line.outcome], ...(line.keptBack && line.outcome === 'shown' ? [words.keptBack] : [])],
  };
}

function timesOf(count: number, { language, looks }: ReportWords): string {
  return fill(looks[new Intl.PluralRules(language).select(count)] ?? looks['other'] ?? '', { count: new Intl.NumberFormat(language).format(count) });
}

function whenOf({ first, last }: ReportLine, words: ReportWords): string {
  const [from, to] = [sayMoment(first, words), sayMoment(last, words)];
  return from === to ? from : fill(words.span, { first: from, last: to });
}

function whoOf({ by, role, organisation: key }: ReportLine, organisation: string, { who, roles }: ReportWords): string {
  if (by === 'nobody') return who.nobody;
  if (by === 'system' && key === null) return who.gateway;
  if (by === 'system') return fill(who.system, { organisation });
  const job = role === null ? undefined : roles[role];
  return job === undefined ? fill(who.personAlone, { organisation }) : fill(who.person, { role: job, organisation });
}

function seen({ categories }: ReportLine, { language, sees, categories: names }: ReportWords): string[] {
  const named = Object.keys(categories).sort().map((category) => names[category] ?? names['unclassified'] ?? category);
  return named.length === 0 ? [] : [fill(sees, { categories: new Intl.ListFormat(language, { type: 'conjunction' }).format([...new Set(named)]) })];
}

function purposeOf({ purpose }: ReportLine, { purposes, noPurpose }: ReportWords): string {
  return purpose === null ? noPurpose : (purposes[purpose] ?? noPurpose);
}

/** Why something was allowed; why not, where all was refused. */
function reasonOf({ outcome }: ReportLine, { effect, rule, clause, agreement, title, text }: ReportLine['reasons'][number], words: ReportWords): string | undefined {
  if ((effect === 'deny') !== (outcome === 'refused')) return undefined;
  if (clause === undefined || agreement === undefined) return words.reasons[`${effect} ${rule}`];
  const named = { clause, agreement: title ?? agreement };
  if (effect === 'deny') return fill(words.clauseNot, named);
  return text === undefined ? fill(words.clause, named) : fill(words.clauseKnown, { ...named, text: text.trim().replace(/\s+/g, ' ') });
}

const wallClock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** An instant by the clock in London, `05-Apr-2026 14:02` in English. */
export function sayMoment(instant: string, { moment, months }: ReportWords): string {
  return fill(moment, partsOf(instant, months));
}

/** The London day of an instant, or a FHIR date as far as it is known. */
export function sayDay(text: string, { day, months }: ReportWords): string {
  if (/^\d{4}(-\d\d)?$/.test(text)) return text;
  return fill(day, partsOf(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T12:00:00Z` : text, months));
}

function partsOf(instant: string, months: readonly string[]): Record<string, string> {
  const parts = Object.fromEntries(wallClock.formatToParts(Date.parse(instant)).map(({ type, value }) => [type, value]));
  return { day: parts['day'] ?? '', month: months[Number(parts['month']) - 1] ?? '', year: parts['year'] ?? '', time: `${parts['hour'] ?? ''}:${parts['minute'] ?? ''}` };
}
