import { useLocation } from 'react-router';
import { signInAddress } from '../api/session.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';

/** Nobody is signed in: after signing out, after a time limit, or on arriving by an old link. */
export function SignedOut() {
  const { pathname } = useLocation();
  const chosen = pathname === '/signed-out';
  const returnTo = chosen ? '/app/' : `/app${pathname}`;
  return (
    <Page title={strings.session.signedOutTitle}>
      {chosen ? null : <p>{strings.session.timedOut}</p>}
      <p>{strings.session.signedOut}</p>
      <Button href={signInAddress(returnTo)}>{strings.session.signInAgain}</Button>
    </Page>
  );
}
