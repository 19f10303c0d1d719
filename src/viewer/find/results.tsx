import type { RefObject } from 'react';
import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { Notice } from '../ui/notice.tsx';
import { NotThere } from '../ui/not-there.tsx';
import type { FoundPerson, FoundView } from './found-view.ts';

const words = strings.find;

/** Who may be meant, with what is needed to be sure; or the one sentence for nobody. */
export function Results({ found, heading, onClear, mayNeed }: { found: FoundView; heading: RefObject<HTMLHeadingElement | null>; onClear: () => void; /** whether emergency access is for people in this role */ mayNeed: boolean }) {
  const { people, onlyMeant, alike, notices, more } = found;
  return (
    <section className="os-results" aria-labelledby="results-heading" data-results>
      <div className="os-results__head">
        <h2 className="nhsuk-heading-m" id="results-heading" ref={heading} tabIndex={-1}>{headingOf(found)}</h2>
        <button className="os-link-button" type="button" onClick={onClear}>{words.clear}</button>
      </div>
      {notices.map(({ kind, text }) => <Notice kind={kind} key={text}>{text}</Notice>)}
      {onlyMeant ? <p className="os-results__check">{words.notExactly}</p> : null}
      {people.length === 0 ? <><NotThere />{mayNeed ? <p><Link to="/break-glass">{strings.breakGlass.need}</Link></p> : null}</> : <p className="os-results__check"><strong>{words.check}</strong></p>}
      {alike ? <p className="os-results__check"><strong>{words.alike}</strong></p> : null}
      {people.length === 0 ? null : <ul className="os-found">{people.map((person) => <Found person={person} key={person.id} />)}</ul>}
      {more ? <p>{words.more}</p> : null}
    </section>
  );
}

/** How many were found, or may be meant. */
export function headingOf({ people, onlyMeant }: FoundView): string {
  if (people.length === 0) return words.noneHeading;
  return onlyMeant ? words.mayBeMeant(people.length) : words.results(people.length);
}

function Found({ person: { id, banner, address, holders, meant } }: { person: FoundPerson }) {
  const facts = [
    [words.born2, banner.born], ...(banner.died === undefined ? [] : [[words.died, banner.died] as const]), [words.gender, banner.gender], [words.nhs, banner.nhsNumber],
    ...(banner.preferred === undefined ? [] : [[words.preferred, banner.preferred] as const]), [words.address, address],
  ] as const;
  return (
    <li className="os-found__one">
      <h3><Link to={`/person/${id}`}><span className="nhsuk-u-visually-hidden">{words.open} </span>{banner.name}</Link>{meant === undefined ? null : <> <span className="os-item__state">{meant.grade}</span></>}</h3>
      {meant === undefined || meant.because === '' ? null : <p className="os-found__why">{meant.because}</p>}
      <dl className="os-facts">
        {facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd className={label === words.nhs || label === words.born2 ? 'os-nowrap' : undefined}>{value}</dd></div>)}
        <div className="os-facts__wide"><dt>{words.holders}</dt><dd>{holders.join(' · ')}</dd></div>
      </dl>
    </li>
  );
}
