import { Link } from 'react-router';
import { strings } from '../strings.ts';
import type { RecentPerson } from './recent.ts';

const words = strings.find;

/** Whom one looked at before, to come back to without searching; opening somebody again is another look. */
export function Recent({ people }: { people: readonly RecentPerson[] }) {
  if (people.length === 0) return null;
  return (
    <section className="os-section" aria-labelledby="recent-heading" data-recent>
      <h2 className="nhsuk-heading-m" id="recent-heading">{words.recent}</h2>
      <p className="os-quiet">{words.recentSays}</p>
      <ul className="os-items">
        {people.map(({ citizen, name, born, nhsNumber }) => (
          <li className="os-item os-fact" key={citizen}>
            <Link to={`/person/${citizen}`}>{name}</Link> <span className="os-label">{words.born2}</span> {born} <span className="os-label">{words.nhs}</span> <span className="os-nowrap">{nhsNumber}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
