import { formatDate, formatDateTime, wordsOf } from '../../format.ts';
import { strings } from '../../strings.ts';
import { originOf, type Directory } from './origin.ts';
import type { Difference, Lane, Standing, ToldEvent, Witness } from '../timeline/read-timeline.ts';
import { stateOf, titleOf } from './title-of.ts';

export interface WitnessView {
  /** `Type/id` */
  record: string;
  title: string;
  organisation: string;
  system: string;
  stored: string;
  /** why it is taken to be about this event */
  joined: string;
}

/** Who tells of an event, and what they say of it. */
export interface ToldView {
  /** `Told by A (system) and B (system), mentioned by C (system)`: each once */
  by: string;
  organisations: string[];
  witnesses: WitnessView[];
  differences: string[];
  /** each organisation's part in a referral */
  lanes: string[];
}

const words = strings.person.told;

export function toldView({ witnesses, differences, standing }: ToldEvent, directory: Directory): ToldView {
  const views = witnesses.map((witness, at) => witnessView(witness, at === 0, directory));
  const told = sourcesOf(views.filter((_, at) => witnesses[at]?.how !== 'mentions'));
  const mentioned = sourcesOf(views).filter((source) => !told.includes(source));
  return {
    by: words.by(words.list(told), words.list(mentioned)),
    organisations: [...new Set(views.map(({ organisation }) => organisation))],
    witnesses: views, differences: differences.map(differenceView), lanes: (standing?.lanes ?? []).map(laneView),
  };
}

function sourcesOf(views: readonly WitnessView[]): string[] {
  return [...new Set(views.map(({ organisation, system }) => words.source(organisation, system)))];
}

function witnessView({ record, resource, organisation, stored, how, rule, because }: Witness, leads: boolean, directory: Directory): WitnessView {
  const reasons = because.join(', ');
  return {
    record, title: resource ? titleOf(resource) : (strings.person.kinds[record.split('/')[0] ?? ''] ?? wordsOf(record.split('/')[0] ?? '')), organisation,
    system: resource ? originOf(resource, directory).system : '', stored: formatDateTime(stored),
    joined: leads ? words.leads : how === 'answers' ? words.answers(rule) : how === 'mentions' ? words.mentions(reasons, rule) : words.same(reasons, rule),
  };
}

function differenceView({ element, said }: Difference): string {
  const value = (text: string): string => (element === 'status' ? stateOf(text) : formatDateTime(text));
  return words.differs(words.elements[element] ?? wordsOf(element), said.map((each) => words.says(each.organisation, value(each.value))));
}

function laneView({ organisation, state, since }: Lane): string {
  return words.lane(organisation, words.standings[state] ?? wordsOf(state), since === undefined ? undefined : formatDate(since));
}

/** `Accepted 29-May-2026`, `Sent, waiting 5 days`: how a referral stands, in a few words. */
export function standingText({ state, waitingDays, lanes }: Standing): string {
  const text = words.standings[state] ?? wordsOf(state);
  if (state === 'no-reply') return words.noReply(waitingDays ?? 0);
  if (waitingDays !== undefined) return words.waiting(state === 'received' || state === 'no-answer' ? text : words.standings['sent'] ?? text, waitingDays);
  const since = lanes.find(({ side }) => side === 'receiver')?.since;
  return since === undefined ? text : `${text} ${formatDate(since)}`;
}
