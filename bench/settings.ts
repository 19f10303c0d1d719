/** How much is measured; small values make a quick run whose numbers say nothing. */
export interface Settings {
  /** people generated and sent through intake before anything is read */
  citizens: number;
  /** people in the record in which screens look people up; those beyond `citizens` are written past intake, as who they are alone */
  screenPeople: number;
  /** people whose hospital messages the intake measures send */
  intakeCitizens: number;
  /** records mapped while the memory is watched, beside a hundredth of them */
  mappingRecords: number;
  /** rows of CSV taken in while the gateway's memory is watched, tenth by tenth */
  memoryRows: number;
  /** length of one measured stretch */
  seconds: number;
  warmUpSeconds: number;
  /** measured stretches of each side, in turns */
  rounds: number;
  connections: number;
  /** people whose hospital messages are replayed: about four messages of each */
  replayPeople: number;
  /** people of the city whose records are linked */
  linkagePeople: number;
  /** pairs of two people who are easily taken for one */
  hardPairs: number;
  /** people known, and descriptions linked against them */
  linkageLoad: { known: number; described: number };
  /** people in the record in which a story is kept up, in the end: a tenth before, and a tenth of that first */
  storyPeople: number;
  /** rows that are exported */
  exportRows: number;
  /** entries of the log that is appended to and proved */
  leaves: number;
  /** people who look for a year, in the generated log in which odd looks are found */
  caseUsers: number;
  sharing: SharingSettings;
}

export interface SharingSettings {
  /** people in the record by and by: the work list is measured at each of these sizes, the rest at the last */
  sizes: [small: number, large: number];
  /** answers measured of each side of a comparison */
  samples: number;
  /** requests of each kind whose times are compared */
  timings: number;
  /** file for the plans of the hottest queries; null: they are looked at and not kept */
  plans: string | null;
}

export const defaults = { citizens: 3_000, screenPeople: 3_000, intakeCitizens: 800, mappingRecords: 1_000_000, memoryRows: 1_000_000, seconds: 5, warmUpSeconds: 2, rounds: 3, connections: 16, replayPeople: 2_600, linkagePeople: 100_000, hardPairs: 10_000, leaves: 10_000_000, caseUsers: 300, exportRows: 50_000, storyPeople: 30_000 } satisfies Omit<Settings, 'sharing' | 'linkageLoad'>;

/** What a measure, or its ratio, is meant to be. */
export type Goal = { of: 'value' | 'ratio' } & ({ atMost: number } | { atLeast: number });

/** Takes one finished measure; `ratio` compares it with its counterpart of the same run. */
export type Print = (name: string, value: number, unit: string, ratio?: number, goal?: Goal) => void;
/** Tells whoever waits what is going on. */
export type Say = (what: string) => void;
