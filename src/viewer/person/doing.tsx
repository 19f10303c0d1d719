import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { hasScope } from '../home.tsx';
import { adviceFrom, ownOrganisation } from '../referral/destinations.ts';
import { useDirectoryOfOrganisations } from '../referral/use-organisations.ts';
import { strings } from '../strings.ts';

/** What the reader may do for this person, beside reading. */
export function Doing({ citizen, session }: { citizen: string; session: SignedIn }) {
  const { data: organisations = [] } = useDirectoryOfOrganisations();
  if (!hasScope(session, 'ServiceRequest', 'c')) return null;
  const own = ownOrganisation(organisations, session.organisation);
  return (
    <p className="os-doing">
      <Link className="os-doing__one" to={`/person/${citizen}/refer`}>{strings.referral.open}</Link>
      {own && adviceFrom(own) ? <Link className="os-doing__one" to={`/person/${citizen}/advice`}>{strings.referral.advice.open}</Link> : null}
    </p>
  );
}
