import { useEffect, useRef, useState, type ReactNode } from 'react';
import { matchesOf } from '../api/fhir.ts';
import { formatDate, formatMoment } from '../format.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { LogEntry } from './log-entry.tsx';
import { LogExport } from './log-export.tsx';
import { logRowOf, type LogRow } from './log-row.ts';
import { aboutPeople, foldRuns } from './log-runs.ts';
import { pageSize, type LogSearch } from './log-search.ts';
import type { OrganisationChoice } from './organisation-choices.ts';
import type { LogPages } from './use-log-pages.ts';
import { useAgreements } from './use-registers.ts';

const words = strings.whoLooked.results;

interface Props {
  pages: LogPages;
  search: LogSearch;
  organisations: readonly OrganisationChoice[];
  onCitizen: (id: string) => void;
  onlyPeople: boolean;
  onOnlyPeople: (only: boolean) => void;
  /** the results answer a search, so one goes on reading there */
  takesFocus: boolean;
}

/** One page of the log at a time, newest first. */
export function LogResults({ pages, search, organisations, onCitizen, takesFocus, onlyPeople, onOnlyPeople }: Props) {
  const { at, query } = pages;
  const agreements = useAgreements().data ?? [];
  const heading = useHeadingFocus(at, takesFocus);
  const rows = matchesOf(query.data?.pages[at] ?? { resourceType: 'Bundle', type: 'searchset' }).map(logRowOf);
  const shown = onlyPeople ? aboutPeople(rows) : rows;
  const filtered = Object.keys(search).length > 0;
  const named = new Map(organisations.map(({ value, name }) => [value, name]));
  const entry = (row: LogRow): ReactNode => <LogEntry row={row} agreements={agreements} organisations={named} onCitizen={onCitizen} citizen={search.citizen} key={row.id} />;
  return (
    <section aria-labelledby="log-results-heading">
      <h2 className="nhsuk-heading-m os-log-heading" id="log-results-heading" ref={heading} tabIndex={-1}>{words.heading}</h2>
      <Filters search={search} organisations={organisations} />
      {rows.length === 0 ? <p>{filtered ? words.none : words.noneAtAll}</p> : <p className="os-quiet" role="status">{words.page(at + 1, at * pageSize + 1, at * pageSize + rows.length)}</p>}
      {rows.length === 0 ? null : <p className="os-only"><button type="button" className="os-link-button" onClick={() => { onOnlyPeople(!onlyPeople); }}>{onlyPeople ? words.everything : words.onlyPeople}</button> <span role="status">{onlyPeople ? words.leftOut(rows.length - shown.length) : ''}</span></p>}
      <ol className="os-looks">
        {foldRuns(shown).map((item) => (item.kind === 'row' ? entry(item.row) : <Run rows={item.rows} entry={entry} key={item.rows[0].id} />))}
      </ol>
      <Turn pages={pages} />
      {rows.length === 0 ? null : <LogExport query={query} />}
    </section>
  );
}

function Run({ rows, entry }: { rows: readonly LogRow[]; entry: (row: LogRow) => ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="os-run">
      <details className="os-fold" onToggle={({ currentTarget }) => { setOpen(currentTarget.open); }}>
        <summary>{strings.whoLooked.run(rows.length, formatMoment(rows.at(-1)?.at), formatMoment(rows[0]?.at))}</summary>
        {open ? <ol className="os-looks">{rows.map(entry)}</ol> : null}
      </details>
    </li>
  );
}

function Filters({ search, organisations }: { search: LogSearch; organisations: readonly OrganisationChoice[] }) {
  const { citizen, person, organisation, from, to } = search;
  const parts = [
    ...(citizen === undefined ? [] : [words.filterCitizen]),
    ...(person === undefined ? [] : [words.filterPerson(person)]),
    ...(organisation === undefined ? [] : [words.filterOrganisation(organisations.find(({ key }) => key === organisation)?.name ?? organisation)]),
    ...(from === undefined && to === undefined ? [] : [words.filterDays(from && formatDate(from), to && formatDate(to))]),
  ];
  return parts.length === 0 ? null : <p>{words.filters}: {parts.join('; ')}.</p>;
}

function Turn({ pages }: { pages: LogPages }) {
  const { at, query, hasOlder, older, newer } = pages;
  if (at === 0 && !hasOlder) return null;
  return (
    <nav className="os-turn" aria-label={words.pages}>
      {query.isFetchNextPageError ? <Problem error={query.error} /> : null}
      {at > 0 ? <Button type="button" secondary onClick={newer}>{words.newer}</Button> : null}
      {hasOlder ? <Button type="button" secondary disabled={query.isFetchingNextPage} onClick={() => void older()}>{words.older}</Button> : <p>{words.last}</p>}
      <span role="status">{query.isFetchingNextPage ? strings.loading : ''}</span>
    </nav>
  );
}

/** After a search one reads on at its results; after turning a page at the top of it, not at the button that is gone. */
function useHeadingFocus(at: number, takesFocus: boolean) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(takesFocus ? -1 : at);
  useEffect(() => {
    if (before.current !== at) heading.current?.focus();
    before.current = at;
  }, [at]);
  return heading;
}
