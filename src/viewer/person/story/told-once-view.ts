import { formatDate, formatDateTime } from '../../format.ts';
import { strings } from '../../strings.ts';
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

export interface LineView {
  /** what sort of thing it says: CodeSystem story-item */
  code: string;
  text: string;
  by: string;
  /** `Type/id` of a record that says so */
  record: string | undefined;
  /** no longer in force */
  ended: boolean;
}

const words = strings.person.toldOnce;
/** Code of a line that tells what a version says otherwise than the one before: of when it came the time of day is told, too. */
export const planChange = 'plan-change';

/**
 * The lines of `told-once` by records that tell them, as few as possible. Under a record stands all that it tells: whoever
 * finds it still right says so of every line.
 */
export function toldOnceOf({ lines }: ToldSection, now: Date): ToldOnceView[] {
  const byRecord = new Map<string, Line[]>();
  for (const line of lines) for (const { version } of line.said) byRecord.set(version, [...(byRecord.get(version) ?? []), line]);
  const views: ToldOnceView[] = [];
  for (let left = lines.filter(({ said }) => said.length > 0); left.length > 0;) {
    const ofLeft = (held: readonly Line[]): number => held.filter((line) => left.includes(line)).length;
    const [version, held] = [...byRecord].reduce((best, each) => (ofLeft(each[1]) > ofLeft(best[1]) ? each : best));
    views.push(viewOf(version, held, now));
    left = left.filter((line) => !held.includes(line));
  }
  return views;
}

/** Found still right only where every line was; the one longest ago counts. */
function viewOf(version: string, lines: readonly Line[], now: Date): ToldOnceView {
  const found = lines.flatMap(({ confirmed }) => confirmed ?? []).sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
  const confirmed = found.length === lines.length ? found[0] : undefined;
  return {
    version, lines: lines.map(({ text }) => text), recordedBy: sourcesOf(lines.flatMap(({ said }) => said)),
    confirmed: confirmed && words.confirmed(confirmed.person, confirmed.organisation, formatDateTime(confirmed.at)),
    confirmedToday: confirmed?.at !== undefined && formatDate(confirmed.at) === formatDate(now.toISOString()),
  };
}

/** `place` is the section `where-now`: in two beds, or in a bed and seen at home, is a disagreement too. */
export function disagreementsOf({ groups }: ToldSection, place: ToldSection): DisagreementView[] {
  const contradictions = place.lines.filter(({ code }) => code === 'place-contradiction');
  return [...(contradictions.length === 0 ? [] : [{ title: strings.person.disagreements.where, lines: contradictions }]), ...groups]
    .map(({ title, lines }) => ({ title, sides: lines.map(({ text, said }) => ({ text: withoutTitle(text, title), by: sourcesOf(said) })) }));
}

/** Lines of a section as they are told, each with who says it. */
export function linesOf({ lines }: Pick<ToldSection, 'lines'>): LineView[] {
  return lines.map(lineOf);
}

export function lineOf({ code, text, said }: Line): LineView {
  return { code, text, by: code === planChange ? sourcesOf(said, formatDateTime) : sourcesOf(said), record: said[0]?.version.replace(/\/_history\/.*$/, ''), ended: code === 'alert-ended' || code === 'signed-document-ended' };
}

/** A side says again what is disagreed about: `Home address: 12 Example Road`. */
function withoutTitle(text: string, title: string): string {
  return text.startsWith(`${title}: `) ? text.slice(title.length + 2) : text;
}

/** Each organisation once, by what it said last: `Birmingham City Council, 27-Oct-2026`. */
function sourcesOf(said: readonly Said[], format = formatDate): string {
  const newest = new Map([...said].sort((a, b) => ((a.on ?? '') < (b.on ?? '') ? -1 : 1)).map((each) => [each.organisation, each] as const));
  return [...newest.values()].map(({ organisation, on, byThePerson }) => words.source(organisation, format(on), byThePerson)).join('; ');
}
