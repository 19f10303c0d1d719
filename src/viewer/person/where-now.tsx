import { Link } from 'react-router';
import { lowerFirst } from '../format.ts';
import { strings } from '../strings.ts';
import { Absent } from './arrival.tsx';
import { AndMore, Card } from './card.tsx';
import type { ServiceView, StayView, WhereNow as View } from './where-now-view.ts';

const words = strings.person.whereNow;
const most = 3;

/** In a bed or not, and what care is going on: the question most people come with. */
export function WhereNow({ view, citizen }: { view: View; citizen: string }) {
  const { stays, last, services } = view;
  return (
    <Card name="where-now" heading={strings.person.sections.whereNow} more={[words.more, '#episodes']}>
      {stays.length > 0 ? <p><strong>{words.inBed}</strong></p> : null}
      {stays.map((stay) => <Now stay={stay} citizen={citizen} key={stay.id} />)}
      {stays.length === 0 ? <Absent text={words.notInBed} strong /> : null}
      {stays.length === 0 && last ? <Last stay={last} citizen={citizen} /> : null}
      {stays.length === 0 && !last ? <Absent text={words.noLast} already /> : null}
      <h3>{words.care}</h3>
      {services.length === 0 ? <Absent text={words.noCare} /> : <ul>{services.slice(0, most).map((service) => <Service service={service} citizen={citizen} key={service.id} />)}</ul>}
      <AndMore count={services.length - most} to="#episodes" />
    </Card>
  );
}

function Now({ stay: { id, place, organisation, when, expectedEnd, state }, citizen }: { stay: StayView; citizen: string }) {
  return (
    <div className="os-here">
      <p><strong><Link to={`/person/${citizen}/Encounter/${id}`}>{place}</Link>{state === undefined ? '' : `, ${state.toLowerCase()}`}</strong></p>
      <p>{organisation}</p>
      <p>{when}. {expectedEnd}</p>
    </div>
  );
}

function Last({ stay: { id, place, organisation, when, wentTo }, citizen }: { stay: StayView; citizen: string }) {
  return (
    <p>
      <span className="os-label">{words.last}</span> <Link to={`/person/${citizen}/Encounter/${id}`}>{place}</Link>, <span className="os-nowrap">{when}</span>
      <span className="os-card__by">{organisation}</span>
      <span className="os-card__line"><span className="os-label">{words.wentTo}</span> {wentTo}</span>
    </p>
  );
}

function Service({ service: { id, type, title, sort, organisation, since }, citizen }: { service: ServiceView; citizen: string }) {
  return (
    <li>
      <Link to={`/person/${citizen}/${type}/${id}`}>{title}</Link>, <span className="os-nowrap">{lowerFirst(since)}</span>
      <span className="os-card__by">{sort === undefined ? '' : `${sort}, `}{organisation}</span>
    </li>
  );
}
