import type { Parameters } from '@medplum/fhirtypes';
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { LiveEmergency, Session } from '../api/session.ts';
import { sessionKey } from '../session/use-session.ts';

/** The answer of Patient/$break-glass. */
export function emergencyIn({ parameter = [] }: Parameters): LiveEmergency {
  const of = (name: string) => parameter.find((each) => each.name === name);
  return { citizen: of('patient')?.valueReference?.reference?.replace(/^Patient\//, '') ?? '', reference: of('reference')?.valueString ?? '', until: of('until')?.valueInstant ?? '' };
}

/** Whole minutes left by this computer's clock, rounded down; 0 once it should be over. Whether it is, the gateway says. */
export function minutesLeft({ until }: LiveEmergency, now: Date): number {
  const left = Date.parse(until) - now.getTime();
  return Number.isNaN(left) || left <= 0 ? 0 : Math.floor(left / 60_000);
}

/** Whether what is kept under this key goes when these have ended: everything that was read, and of what was typed what is about them. */
export function goesWith(ended: readonly LiveEmergency[], [kind, citizen]: QueryKey): boolean {
  return kind === 'draft' ? ended.some((each) => each.citizen === citizen) : kind !== sessionKey[0];
}

/** What was just opened or ended stands in the session at once; the next look at it says the same. */
export async function changeEmergencies(queries: QueryClient, change: (before: readonly LiveEmergency[]) => LiveEmergency[]): Promise<void> {
  await queries.cancelQueries({ queryKey: sessionKey });
  queries.setQueryData<Session>(sessionKey, (session) => (session?.state === 'signed-in' ? { ...session, emergencies: change(session.emergencies) } : session));
}
