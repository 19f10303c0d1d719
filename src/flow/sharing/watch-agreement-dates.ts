import { nextBoundary } from '../../consent/agreement-state.ts';
import { expiryWarnings, newWarnings, type ExpiryWarning } from '../../consent/expiry-warnings.ts';
import { listAgreements } from '../../store/sharing/agreements.ts';
import type { Database } from '../../store/database.ts';
import { readDatabaseClock, readGeneration } from '../../store/door/grants.ts';
import type { Secrets } from '../../store/secrets.ts';
import { publishContracts, registeredFrom } from '../register-agreements.ts';

const dayMs = 86_400_000;
/** how often it is asked whether the register changed: an agreement may have got an end since */
const askEveryMs = 60_000;

export interface AgreementWatch {
  /** looks now; what was told at this mark already is not told again by this process */
  look: () => Promise<void>;
  stop: () => void;
}

/**
 * Looks at what ends or is to be reviewed soon, and tells each agreement at 90, 30 and 7 days; at start it tells whatever is
 * near. A look also publishes what time alone has changed: an agreement that has begun or lapsed. It looks once a day, when the
 * register has changed, and at the very instant an agreement changes by itself, by the database's clock.
 */
export function watchAgreementDates(
  { database, secrets }: { database: Database; secrets: Secrets }, report: (warning: ExpiryWarning) => void, failed: (error: unknown) => void, everyMs = dayMs,
): AgreementWatch {
  let told: ExpiryWarning[] = [];
  let seen = { generation: -1, at: 0, boundary: Infinity };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const wait = (untilBoundaryMs: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void round(), Math.max(1, Math.min(askEveryMs, everyMs, untilBoundaryMs))).unref();
  };
  const look = async (): Promise<void> => {
    const generation = await readGeneration(database);
    const now = await readDatabaseClock(database);
    const registered = (await listAgreements(database)).flatMap((row) => registeredFrom(row) ?? []);
    const current = expiryWarnings(registered, now);
    newWarnings(told, current).forEach(report);
    told = current;
    await publishContracts(database, secrets, now);
    seen = { generation, at: now.getTime(), boundary: Math.min(...registered.map((each) => nextBoundary(each, now)?.getTime() ?? Infinity)) };
    wait(seen.boundary - seen.at);
  };
  const round = async (): Promise<void> => {
    try {
      const now = (await readDatabaseClock(database)).getTime();
      if (now >= seen.boundary || now - seen.at >= everyMs || (await readGeneration(database)) !== seen.generation) await look();
      else wait(seen.boundary - now);
    } catch (error) {
      failed(error);
      wait(askEveryMs);
    }
  };
  wait(askEveryMs);
  return { look, stop: () => { stopped = true; clearTimeout(timer); } };
}
