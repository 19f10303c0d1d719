import { Link } from 'react-router';
import { lowerFirst } from '../../format.ts';
import { strings } from '../../strings.ts';
import { Unbroken } from '../../ui/unbroken.tsx';
import { Absent, Arrival, type ArrivalState } from '../parts/arrival.tsx';
import { AndMore, Card } from '../parts/card.tsx';
import type { TimelineEntry } from '../timeline/timeline-view.ts';
import { careIn, lastStayIn, type PlaceView, type WhereNow as View } from './where-now-view.ts';

const words = strings.person.whereNow;
const most = 3;

/** Where the story says the person is, and what care is going on: the question most people come with. */
export function WhereNow({ view, events, arrival, citizen }: { view: View | undefined; events: readonly TimelineEntry[]; arrival: ArrivalState; citizen: string }) {
  return (
    <Card name="where-now" heading={strings.person.sections.whereNow} more={[words.more, '#episodes']}>
      {view === undefined ? <Absent strong /> : <Places view={view} citizen={citizen} />}
      <Arrival value={arrival}>
        {view === undefined || view.inBed || view.died ? null : <Last stay={lastStayIn(events)} citizen={citizen} />}
        <Care going={careIn(events)} citizen={citizen} />
      </Arrival>
    </Card>
  );
}

function Places({ view: { places, inBed, died, contradicted }, citizen }: { view: View; citizen: string }) {
  return (
    <>
      {died ? null : inBed ? <p><strong>{words.inBed}</strong></p> : <Absent text={words.notInBed} strong />}
      {places.map((place, at) => <Place place={place} strong={inBed || died} citizen={citizen} key={`${at} ${place.text}`} />)}
      {contradicted ? <p><a href="#disagreements">{words.contradicted}</a></p> : null}
    </>
  );
}

/** A home is the person's own address and leads nowhere. */
function Place({ place: { text, by, record, expected }, strong, citizen }: { place: PlaceView; strong: boolean; citizen: string }) {
  const told = record === undefined || record.startsWith('Patient/') ? text : <Link to={`/person/${citizen}/${record}`}>{text}</Link>;
  return (
    <div className={strong ? 'os-here' : undefined}>
      <p>{strong ? <strong>{told}</strong> : told}</p>
      {strong ? <p className="os-card__by"><Unbroken text={by} /></p> : null}
      {expected === undefined ? null : <p><Unbroken text={expected} /></p>}
    </div>
  );
}

function Last({ stay, citizen }: { stay: TimelineEntry | undefined; citizen: string }) {
  if (!stay) return <Absent text={words.noLast} already />;
  const { subject, record, when, until, told } = stay;
  return (
    <p>
      <span className="os-label">{words.last}</span> <Link to={`/person/${citizen}/${record}`}>{subject}</Link>, <span className="os-nowrap">{when}</span>{until === undefined ? null : <> <span className="os-nowrap">{until}</span></>}
      <span className="os-card__by">{told.organisations[0]}</span>
    </p>
  );
}

function Care({ going, citizen }: { going: readonly TimelineEntry[]; citizen: string }) {
  return (
    <>
      <h3>{words.care}</h3>
      {going.length === 0 ? <Absent text={words.noCare} /> : (
        <ul>
          {going.slice(0, most).map(({ key, subject, record, day, told }) => (
            <li key={key}>
              <Link to={`/person/${citizen}/${record}`}>{subject}</Link>, <span className="os-nowrap">{lowerFirst(words.since(day))}</span>
              <span className="os-card__by">{told.organisations.join(', ')}</span>
            </li>
          ))}
        </ul>
      )}
      <AndMore count={going.length - most} to="#episodes" />
    </>
  );
}
