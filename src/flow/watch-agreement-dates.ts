import { expiryWarnings, newWarnings, type ExpiryWarning } from '../consent/expiry-warnings.ts';
import { listAgreements } from '../store/agreements.ts';
import type { Database } from '../store/database.ts';
import { readDatabaseClock } from '../store/grants.ts';
import type { Secrets } from '../store/secrets.ts';
import { publishContracts, registeredFrom } from './register-agreements.ts';

const dayMs = 86_400_000;

export interface AgreementWatch {
  /** looks now; what was told at this mark already is not told again by this process */
  look: () => Promise<void>;
  stop: () => void;
}

/**
 * Looks once a day at what ends or is to be reviewed soon, and tells each agreement at 90, 30 and 7 days; at start it tells
 * whatever is near. A look also publishes what time alone has changed: an agreement that has begun or lapsed.
 */
export function watchAgreementDates(
  { database, secrets }: { database: Database; secrets: Secrets }, report: (warning: ExpiryWarning) => void, failed: (error: unknown) => void, everyMs = dayMs,
): AgreementWatch {
  let told: ExpiryWarning[] = [];
  const look = async (): Promise<void> => {
    const now = await readDatabaseClock(database);
    const current = expiryWarnings((await listAgreements(database)).flatMap((row) => registeredFrom(row) ?? []), now);
    newWarnings(told, current).forEach(report);
    told = current;
    await publishContracts(database, secrets, now);
  };
  const timer = setInterval(() => void look().catch(failed), everyMs).unref();
  return { look, stop: () => clearInterval(timer) };
}
