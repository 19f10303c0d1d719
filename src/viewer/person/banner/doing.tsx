import { Link } from 'react-router';
import type { SignedIn } from '../../api/session.ts';
import { RecordChoice } from '../../choices/choices.tsx';
import { hasScope } from '../../home.tsx';
import { adviceFrom, ownOrganisation } from '../../referral/destinations.ts';
import { useDirectoryOfOrganisations } from '../../referral/use-organisations.ts';
import { strings } from '../../strings.ts';

/** What the reader may do for this person, beside reading. */
export function Doing({ citizen, session }: { citizen: string; session: SignedIn }) {
  const { data: organisations = [] } = useDirectoryOfOrganisations();
  const [refers, records] = [hasScope(session, 'ServiceRequest', 'c'), hasScope(session, 'Consent', 'c')];
  if (!refers && !records) return null;
  const own = ownOrganisation(organisations, session.organisation);
  return (
    <div className="os-doing">
      {refers ? <Link className="os-doing__one" to={`/person/${citizen}/refer`}>{strings.referral.open}</Link> : null}
      {refers && own && adviceFrom(own) ? <Link className="os-doing__one" to={`/person/${citizen}/advice`}>{strings.referral.advice.open}</Link> : null}
      {records ? <RecordChoice citizen={citizen} /> : null}
    </div>
  );
}
