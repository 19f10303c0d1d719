import { useEffect, useRef } from 'react';
import { matchesOf } from '../api/fhir.ts';
import { formatDate } from '../format.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { LogEntry } from './log-entry.tsx';
import { LogExport } from './log-export.tsx';
import { logRowOf } from './log-row.ts';
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
}

/** One page of the log at a time, newest first. */
export function LogResults({ pages, search, organisations, onCitizen }: Props) {
  const { at, query } = pages;
  const agreements = useAgreements().data ?? [];
  const heading = useHeadingFocus(at);
  const rows = matchesOf(query.data?.pages[at] ?? { resourceType: 'Bundle', type: 'searchset' }).map(logRowOf);
  const filtered = Object.keys(search).length > 0;
  const named = new Map(organisations.map(({ value, name }) => [value, name]));
  return (
    <section aria-labelledby="log-results-heading">
      <h2 className="nhsuk-heading-m os-log-heading" id="log-results-heading" ref={heading} tabIndex={-1}>{words.heading}</h2>
      <Filters search={search} organisations={organisations} />
      {rows.length === 0 ? <p>{filtered ? words.none : words.noneAtAll}</p> : <p className="os-quiet" role="status">{words.page(at + 1, at * pageSize + 1, at * pageSize + rows.length)}</p>}
      <ol className="os-looks" start={at * pageSize + 1}>
        {rows.map((row) => <LogEntry row={row} agreements={agreements} organisations={named} onCitizen={onCitizen} citizen={search.citizen} key={row.id} />)}
      </ol>
      <Turn pages={pages} />
      {rows.length === 0 ? null : <LogExport query={query} key={query.data?.pages[0]?.id ?? query.dataUpdatedAt} />}
    </section>
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

/** After turning a page one reads on at its top, not at the button that is gone. */
function useHeadingFocus(at: number) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(at);
  useEffect(() => {
    if (before.current !== at) heading.current?.focus();
    before.current = at;
  }, [at]);
  return heading;
}
