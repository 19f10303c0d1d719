/** How much is measured; small values make a quick run whose numbers say nothing. */
export interface Settings {
  /** people generated and sent through intake before anything is read */
  citizens: number;
  /** people whose hospital messages the intake measures send */
  intakeCitizens: number;
  /** length of one measured stretch */
  seconds: number;
  warmUpSeconds: number;
  /** measured stretches of each side, in turns */
  rounds: number;
  connections: number;
}

export const defaults: Settings = { citizens: 3_000, intakeCitizens: 800, seconds: 5, warmUpSeconds: 2, rounds: 3, connections: 16 };

/** Takes one finished measure; `ratio` compares it with its counterpart of the same run. */
export type Print = (name: string, value: number, unit: string, ratio?: number) => void;
/** Tells whoever waits what is going on. */
export type Say = (what: string) => void;
