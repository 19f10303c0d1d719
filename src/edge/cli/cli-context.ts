import type { Problem } from '../../fhir/problem.ts';
import type { Database } from '../../store/database.ts';
import type { DemoPersona } from '../demo-clients.ts';

/** What a command may use of the process it runs in. */
export interface CliContext {
  /** the gateway's address unless --base says otherwise */
  baseUrl: string;
  dataDir: string;
  /** the project's root */
  rootDir: string;
  /** folder of feeds and partners */
  mappingsDir: string;
  /** folder of what we publish in FHIR terms */
  profilesDir: string;
  /** ONESTORY_TOKEN; null where not set */
  token: string | null;
  personas: readonly DemoPersona[];
  clock: () => Date;
  /** the record of DATABASE_URL or DATA_DIR (null), or another: `postgres://…` or a data folder. Only drills look past the gateway. `asItIs`: its schema is left as it is, and refused where it is not this program's */
  openRecord: (where: string | null, asItIs: boolean) => Promise<Database>;
  /** has this done when the command is stopped by a signal, which ends it; returns what takes that back */
  whenStopped: (work: () => void) => () => void;
  /** one line on standard output: results only */
  print: (line: string) => void;
  /** says what went wrong on standard error and ends the command with exit code 1, or with 2 where nothing could be looked at */
  fail: (problem: Problem, exitCode?: 1 | 2) => void;
  /** ends the command with this exit code, where what is wrong was told as its result */
  end: (exitCode: 1 | 2) => void;
}
