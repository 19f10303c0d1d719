/** What makes looks odd, each by itself explainable. The first are of one look at one citizen, the next of what somebody did in a day, the last of a review that is missing. */
export const caseSignals = [
  'no-relationship', 'own-record', 'same-address', 'same-surname', 'colleague', 'prominent',
  'unusual-hours', 'unusual-volume', 'enumeration', 'unreviewed-emergency',
] as const;
export type CaseSignal = (typeof caseSignals)[number];

/** How much a signal says, times how rare it is where somebody works. */
interface Weighed {
  /** 0 switches the signal off */
  weight: number;
  /** how often it is met before anything was counted, as a share */
  prior: number;
}

/** More than so many, and more than so many times what is usual. */
interface Crowd extends Weighed {
  atLeast: number;
  timesUsual: number;
}

/** By what odd looks are found and weighed, as `mappings/cases/rule.json` has it. Days are calendar days in London. */
export interface CaseRule {
  version: string;
  note: string;
  /** looks for these purposes are judged */
  purposes: readonly string[];
  /** interactions that open a record */
  interactions: readonly string[];
  normal: {
    /** days an organisation's own normal is taken from, up to the day before */
    days: number;
    /** for how many looks the `prior` of a signal counts */
    priorLooks: number;
    /** the share of people's days that what is usual covers */
    usualOf: number;
    /** people's days that must be known before a day can be unusual */
    daysNeeded: number;
  };
  /** odd looks that came to no case are forgotten after so many days */
  windowDays: number;
  /** points at one citizen, or in one day, that open a case */
  openAt: number;
  /** further days on which the same was odd */
  again: { points: number; most: number };
  /** days until somebody should have asked, and until the answer should be there */
  due: { ask: number; answer: number };
  signals: {
    'no-relationship': Weighed & { daysBefore: number; daysAfter: number };
    'own-record': Weighed;
    'same-address': Weighed;
    'same-surname': Weighed & { /** a share of all people */ rarerThan: number };
    colleague: Weighed;
    prominent: Weighed;
    'unusual-hours': Weighed & { /** a share of the organisation's looks */ rarerThan: number; looksNeeded: number };
    'unusual-volume': Crowd;
    enumeration: Crowd;
    'unreviewed-emergency': Weighed & { days: number };
  };
}
