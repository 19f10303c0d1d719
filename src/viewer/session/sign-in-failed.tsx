import { useSearchParams } from 'react-router';
import { signInAddress } from '../api/session.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';

export function SignInFailed() {
  const [facts] = useSearchParams();
  const offered = facts.get('reason') !== 'not-offered';
  return (
    <Page title={strings.session.signInFailedTitle}>
      <p>{offered ? strings.session.signInFailed : strings.session.notOffered}</p>
      {offered ? <Button href={signInAddress('/app/')}>{strings.session.signInAgain}</Button> : null}
    </Page>
  );
}
