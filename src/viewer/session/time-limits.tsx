import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { extendSession, signInAddress, type SignedIn } from '../api/session.ts';
import { strings } from '../strings.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Button } from '../ui/nhs.ts';
import { sessionKey, takeSession } from './use-session.ts';

/** WCAG 2.2.1 asks for at least 20 seconds to say "stay". */
const warnSeconds = 120;

/** Warns before the session ends, by idleness or by age, and looks again when its time is up. `readAt`: when `session` was read, epoch ms. */
export function TimeLimits({ session, readAt }: { session: SignedIn; readAt: number }) {
  const queries = useQueryClient();
  const [now, setNow] = useState(readAt);
  const [dismissed, setDismissed] = useState(false);
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(clock);
  }, []);
  const passed = Math.max(0, Math.floor((now - readAt) / 1000));
  const idleLeft = session.idleLeftSeconds - passed;
  const left = session.endsInSeconds - passed;
  const over = Math.min(idleLeft, left) <= 0;
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: sessionKey });
  }, [over, queries]);
  if (over) return null;
  if (left <= warnSeconds && !dismissed) return <Ending seconds={left} onClose={() => setDismissed(true)} />;
  if (idleLeft > warnSeconds || left <= warnSeconds) return null;
  const stay = (): void => { void extendSession().then((fresh) => queries.setQueryData(sessionKey, takeSession(queries, fresh)), () => queries.invalidateQueries({ queryKey: sessionKey })); };
  return (
    <Dialog heading={strings.session.warningTitle} onClose={stay}>
      <p role="timer" aria-live="off">{strings.session.warning(idleLeft)}</p>
      <Button onClick={stay}>{strings.session.stay}</Button>
    </Dialog>
  );
}

function Ending({ seconds, onClose }: { seconds: number; onClose: () => void }) {
  return (
    <Dialog heading={strings.session.endingTitle} onClose={onClose}>
      <p role="timer" aria-live="off">{strings.session.ending(seconds)}</p>
      <Button href={signInAddress(window.location.pathname)}>{strings.session.signInAgain}</Button>{' '}
      <Button secondary onClick={onClose}>{strings.session.later}</Button>
    </Dialog>
  );
}
