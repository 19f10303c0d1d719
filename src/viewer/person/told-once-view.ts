import { formatDate, formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import type { Line, Said, ToldSection } from './read-told-story.ts';

/** What one record tells, because a record is found still right as a whole. */
export interface ToldOnceView {
  /** `Type/id/_history/version`: what is confirmed */
  version: string;
  lines: string[];
  recordedBy: string;
  /** who last found it still right, and when */
  confirmed: string | undefined;
  /** the gateway takes one confirmation a day */
  confirmedToday: boolean;
}

export interface DisagreementView {
  title: string;
  sides: { text: string; by: string }[];
}

const words = strings.person.toldOnce;

/** The lines of `told-once` by the record each rests on first, in the order they are told. */
export function toldOnceOf({ lines }: ToldSection, now: Date): ToldOnceView[] {
  return [...Map.groupBy(lines.filter(({ said }) => said.length > 0), ({ said }) => said[0]?.version ?? '')].map(([version, held]) => viewOf(version, held, now));
}

function viewOf(version: string, lines: readonly Line[], now: Date): ToldOnceView {
  const confirmed = lines.find((line) => line.confirmed)?.confirmed;
  return {
    version, lines: lines.map(({ text }) => text), recordedBy: sourcesOf(lines.flatMap(({ said }) => said)),
    confirmed: confirmed && words.confirmed(confirmed.person, confirmed.organisation, formatDateTime(confirmed.at)),
    confirmedToday: confirmed?.at !== undefined && formatDate(confirmed.at) === formatDate(now.toISOString()),
  };
}

export function disagreementsOf({ groups }: ToldSection): DisagreementView[] {
  return groups.map(({ title, lines }) => ({ title, sides: lines.map(({ text, said }) => ({ text: withoutTitle(text, title), by: sourcesOf(said) })) }));
}

/** A side says again what is disagreed about: `Home address: 12 Example Road`. */
function withoutTitle(text: string, title: string): string {
  return text.startsWith(`${title}: `) ? text.slice(title.length + 2) : text;
}

/** Each organisation once, by what it said last: `Birmingham City Council, 27-Oct-2026`. */
function sourcesOf(said: readonly Said[]): string {
  const newest = new Map([...said].sort((a, b) => ((a.on ?? '') < (b.on ?? '') ? -1 : 1)).map((each) => [each.organisation, each] as const));
  return [...newest.values()].map(({ organisation, on, byThePerson }) => words.source(organisation, formatDate(on), byThePerson)).join('; ');
}
