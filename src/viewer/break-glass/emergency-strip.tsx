import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Link, useNavigate } from 'react-router';
import { operate } from '../api/fhir.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { Problem } from '../ui/problem.tsx';
import { minutesLeft, rememberedEmergency, rememberEmergency, subscribeToEmergency, type LiveEmergency } from './live-emergency.ts';

const words = strings.breakGlass;
const tickMs = 10_000;

/** On every page while emergency access lasts: how long it lasts, and one click to end it. */
export function EmergencyStrip({ session }: { session: SignedIn }) {
  const remembered = useSyncExternalStore(subscribeToEmergency, rememberedEmergency);
  const live = remembered === null ? null : (JSON.parse(remembered) as LiveEmergency);
  return live?.person === session.person.id ? <Strip live={live} key={live.reference} /> : null;
}

function Strip({ live }: { live: LiveEmergency }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const clock = setInterval(() => { setNow(new Date()); }, tickMs);
    return () => { clearInterval(clock); };
  }, []);
  const left = minutesLeft(live, now);
  const over = left === undefined;
  const forget = useForget();
  useEffect(() => { if (over) void forget(); }, [over, forget]);
  const { mutate, isPending, isError, error } = useEnd(live, forget);
  if (over) return null;
  return (
    <aside className="os-emergency" aria-label={words.stripLabel}>
      <div className="os-inner">
        <p><strong>{words.strip(left === 0 ? words.lessThan : words.minutes(left), formatDateTime(live.until).split(' ').at(-1) ?? '')}</strong></p>
        <p><Link to={`/person/${live.citizen}`}>{words.toRecord}</Link> <button type="button" className="os-emergency__end" aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.ending : words.end}</button></p>
        {isError ? <Problem error={error} /> : null}
      </div>
    </aside>
  );
}

function useEnd({ citizen }: LiveEmergency, forget: () => Promise<void>) {
  return useMutation({ gcTime: 0, mutationFn: () => operate(`Patient/${citizen}/$end-break-glass`, { resourceType: 'Parameters' }), onSuccess: forget });
}

/** However it ends, what was seen under it goes from the screen and from memory. */
function useForget(): () => Promise<void> {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useCallback(async () => {
    rememberEmergency(null);
    await navigate('/find');
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  }, [queries, navigate]);
}
