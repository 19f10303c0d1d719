import { Link, useParams } from 'react-router';
import type { SignedIn } from '../../api/session.ts';
import { oversees } from '../../home.tsx';
import { Answer } from '../../referral/answer.tsx';
import { strings } from '../../strings.ts';
import { Loading } from '../../ui/loading.tsx';
import { NotThere } from '../../ui/not-there.tsx';
import { versionsOf } from './compare-versions.ts';
import { EntryActions } from './entry-actions.tsx';
import { EntryFacts } from './entry-facts.tsx';
import { EntryVersions } from './entry-versions.tsx';
import { Empty, Failed, PersonPage } from '../person.tsx';
import { directoryOf, originOf } from '../parts/origin.ts';
import { isAbout } from '../story/story.ts';
import { titleOf, titlesIn } from '../parts/title-of.ts';
import { useHistory, useWhose } from './use-entry.ts';
import { isId, useSystems } from '../parts/use-directory.ts';

const words = strings.person.entry;

/** One entry of a person's record: what it is, who sent it, all it says, and how it came to say it. */
export function Entry({ session }: { session: SignedIn }) {
  const { citizen, type, id } = useParams();
  if (!isId(citizen) || !isId(id) || type === undefined || !/^[A-Z][A-Za-z]{1,40}$/.test(type)) return <Empty><NotThere /></Empty>;
  return <Known citizen={citizen} type={type} id={id} session={session} key={`${type}/${id}`} />;
}

function Known({ citizen, type, id, session }: { citizen: string; type: string; id: string; session: SignedIn }) {
  const whose = useWhose(citizen);
  const history = useHistory(type, id);
  const systems = useSystems();
  if (whose.pending || history.isPending) return <Empty><Loading lines={8} /></Empty>;
  if (history.isError && !history.data) return <Empty><Failed error={history.error} onRetry={() => void history.refetch()} /></Empty>;
  if (!whose.patient) return <Empty><Failed error={whose.error} onRetry={whose.retry} /></Empty>;
  const versions = versionsOf(history.data?.pages ?? []);
  const [newest] = versions;
  if (!newest || !isAbout(newest.resource, citizen)) return <Empty><NotThere /></Empty>; // nothing is shown under another person's name
  const directory = directoryOf(whose.story?.organisations ?? [], whose.patient, systems);
  const origin = originOf(newest.resource, directory);
  return (
    <PersonPage patient={whose.patient} session={session}>
      <p className="os-back"><Link to={`/person/${citizen}`}>{words.back}</Link></p>
      <h2 className="nhsuk-heading-m" data-entry-title>{titleOf(newest.resource)}</h2>
      <EntryFacts origin={origin} />
      {newest.resource.resourceType === 'ServiceRequest' ? <Answer request={newest.resource} citizen={citizen} session={session} /> : null}
      <EntryVersions versions={versions} titles={whose.story && titlesIn(whose.story.resources)} citizen={citizen} by={origin.organisation} more={history.hasNextPage ? () => void history.fetchNextPage() : undefined} />
      {oversees(session) ? null : <EntryActions newest={newest} story={whose.story} directory={directory} citizen={citizen} />}
    </PersonPage>
  );
}
