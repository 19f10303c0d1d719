import { useQueryClient } from '@tanstack/react-query';
import { endSession } from '../api/session.ts';
import { strings } from '../strings.ts';

/** Two ways out: of this browser, or of every browser this person is signed in with. */
export function SignOut() {
  const queries = useQueryClient();
  const leave = async (everywhere: boolean): Promise<void> => {
    const { location } = await endSession(everywhere).catch(() => ({ location: '/app/signed-out' }));
    queries.clear();
    window.location.assign(location);
  };
  return (
    <p className="os-header__out">
      <button type="button" onClick={() => void leave(false)}>{strings.header.signOut}</button>
      <button type="button" onClick={() => void leave(true)}>{strings.header.signOutEverywhere}</button>
    </p>
  );
}
