import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { operate } from '../api/fhir.ts';
import type { LiveEmergency, SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { sessionKey } from '../session/use-session.ts';
import { strings } from '../strings.ts';
import { Problem } from '../ui/problem.tsx';
import { changeEmergencies, goesWith, minutesLeft } from './live-emergency.ts';

const words = strings.breakGlass;
const tickMs = 10_000;

/** On every page while emergency access lasts, whichever window it was opened in: a line each, with how long it lasts and one click to end it. */
export function EmergencyStrip({ session: { emergencies } }: { session: SignedIn }) {
  const queries = useQueryClient();
  const [now, setNow] = useState(() => new Date());
  const overdue = emergencies.some(({ until }) => Date.parse(until) <= now.getTime());
  useEffect(() => {
    const clock = setInterval(() => { setNow(new Date()); }, tickMs);
    return () => { clearInterval(clock); };
  }, []);
  useEffect(() => {
    if (overdue) void queries.invalidateQueries({ queryKey: sessionKey });
  }, [overdue, now, queries]);
  useForgetEnded(emergencies);
  if (emergencies.length === 0) return null;
  return (
    <aside className="os-emergency" aria-label={words.stripLabel}>
      {emergencies.map((live) => <Line live={live} now={now} key={live.reference} />)}
    </aside>
  );
}

function Line({ live, now }: { live: LiveEmergency; now: Date }) {
  const queries = useQueryClient();
  const { mutate, isPending, isError, error } = useMutation({
    gcTime: 0, mutationFn: () => operate(`Patient/${live.citizen}/$end-break-glass`, { resourceType: 'Parameters' }),
    onSuccess: () => changeEmergencies(queries, (before) => before.filter(({ reference }) => reference !== live.reference)),
  });
  const left = minutesLeft(live, now);
  return (
    <div className="os-inner">
      <p><strong>{words.strip(left === 0 ? words.lessThan : words.minutes(left), formatDateTime(live.until).split(' ').at(-1) ?? '')}</strong></p>
      <p><Link to={`/person/${live.citizen}`}>{words.toRecord}</Link> <button type="button" className="os-emergency__end" aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{isPending ? words.ending : words.end}</button></p>
      {isError ? <Problem error={error} /> : null}
    </div>
  );
}

/** However and wherever one ends, what was seen under it goes from the screen and from memory. */
function useForgetEnded(emergencies: readonly LiveEmergency[]): void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const before = useRef(emergencies);
  useEffect(() => {
    const ended = before.current.filter(({ reference }) => emergencies.every((live) => live.reference !== reference));
    before.current = emergencies;
    if (ended.length > 0) void Promise.resolve(navigate('/find')).then(() => { queries.removeQueries({ predicate: ({ queryKey }) => goesWith(ended, queryKey) }); });
  }, [emergencies, navigate, queries]);
}
