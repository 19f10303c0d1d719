import type { EventKind } from '../fhir/event-kinds.ts';
import type { Purpose, SharingRole } from '../fhir/sharing.ts';
import type { StoryRow } from './story-row.ts';

export type EventState = 'planned' | 'active' | 'on-hold' | 'ended' | 'cancelled' | 'unknown';

/** A record that speaks of an event, and by which rule it is taken to. */
export interface Witness {
  row: StoryRow;
  /** `tells`: the record is about the event; `mentions`: about something else, and says that this happened; `answers`: a Task on it */
  how: 'tells' | 'mentions' | 'answers';
  /** name with version: `event-identifier-01`; of the record an event is named by: `event-own-record-01` */
  rule: string;
  /** what agreed, in plain words: `referral number` */
  because: string[];
}

/** What witnesses say differently; nothing is chosen silently. */
export interface Difference {
  element: 'from' | 'to' | 'status';
  said: { row: StoryRow; value: string }[];
}

/** Something that happened or is going on once, whoever told of it. */
export interface StoryEvent {
  /** the kind and the id of the leading record */
  key: string;
  kind: EventKind;
  /** the leading record first: what it says is shown, the others add or differ */
  witnesses: [Witness, ...Witness[]];
  /** FHIR date or dateTime as the leading record says it, or the first witness that says it; absent: undated */
  from?: string;
  to?: string;
  /** the middle of `from`, ms */
  at?: number;
  state: EventState;
  differences: Difference[];
  /** `system|value`: numbers of the pathways its witnesses belong to */
  pathways: readonly string[];
}

/** What a person decided about two records. It counts where both can be seen. */
export interface EventDecision {
  /** ids of the two records, the smaller first */
  first: string;
  second: string;
  verdict: 'same' | 'different';
}

/** When two records of one kind, of different custodians, are taken for one event. */
export interface SameEventRule {
  name: string;
  kind: EventKind;
  /** `sender-receiver`: one side sent what the other received; `responsible`: both name the same organisation as the one that does it */
  parties: 'sender-receiver' | 'responsible';
  /** how the components of the programme must agree where both say one */
  component: 'same' | 'family' | 'any';
  /** both must say one sort of thing, by a code of their category that is not of `anySort` */
  sort?: true;
  /** `system|code` of what a receiver that names no sender must say of where it came from; absent: both must name the sender */
  origins?: string[];
  withinHours: number;
  because: string;
}

/** When a record about something else says that somebody left a stay. */
export interface DischargeRule {
  name: string;
  type: 'ServiceRequest' | 'Encounter';
  /** `system|code` of the source of a request, or of an admission */
  origins: string[];
  hoursBefore: number;
  hoursAfter: number;
  because: string;
}

/** How events are found. */
export interface EventWindows {
  version: string;
  /** by kind: systems of identifiers that name one thing, whoever writes them; `*` stands for one part of the path */
  identifiers: Partial<Record<EventKind, string[]>>;
  /** systems of numbers of a whole pathway: what carries one belongs to one spell of care, though not to one event */
  pathways: string[];
  /** `system|code` of Tasks that are assessments */
  assessments: string[];
  /** `system|code` of categories that every record of a kind may have */
  anySort: string[];
  /** components of the programme that different systems do not tell apart */
  componentFamilies: string[][];
  /** how many times further away the next candidate must be */
  clearBy: number;
  same: SameEventRule[];
  discharges: DischargeRule[];
}

/** How far back it is told what changed in a plan. */
export interface PlanChangeBounds {
  /** records of one person whose earlier versions are read: those that changed last */
  records: number;
  /** versions of each that are compared, each with the one before it */
  versions: number;
  /** lines of one plan, the newest */
  lines: number;
}

/** The whole table: mappings/story/rule.json. */
export interface StoryRule extends EventWindows {
  /** by component of the programme, or `default`: days after which a referral without a reply is its sender's concern */
  noReplyDays: Readonly<Record<string, number>> & { default: number };
  /** the same of a referral that was received: days after which that nobody has accepted or rejected it is its sender's concern */
  noAnswerDays: Readonly<Record<string, number>> & { default: number };
  /** as whom of the sender's own people it is judged whether there is a reply */
  noReplySeenAs: { role: SharingRole; purpose: Purpose };
  /** who may decide whether two records speak of one event */
  deciders: SharingRole[];
  planChanges: PlanChangeBounds;
}
