import type { Bundle } from '@medplum/fhirtypes';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { strings } from '../strings.ts';
import { Either } from '../ui/either.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { useSearchPages } from '../ui/use-search-pages.ts';
import { referralBeside, referralForm, referralRows, type OpenState, type ReferralRow, type Way } from './referral-list-view.ts';
import { referralsKey } from './use-referral.ts';

const words = strings.referral.list;
/** Rows that are looked for before somebody has to ask for more, and the most pages that are asked for on the way. */
const enough = { rows: 20, pages: 15 };

/** Referrals that are not over, to the reader's organisation or by it. */
export function ReferralList({ session }: { session: SignedIn }) {
  const [way, setWay] = useState<Way>('to-us');
  const [state, setState] = useState<OpenState>('active');
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <Either label={words.which} options={[['to-us', words.toUs], ['from-us', words.fromUs]]} chosen={way} onChoose={setWay} />
      <Either label={words.state} options={words.states} chosen={state} onChoose={setState} />
      {session.organisationId === null ? <p>{words.none[way]}</p> : <Rows way={way} state={state} organisationId={session.organisationId} organisation={session.organisation} key={`${way} ${state}`} />}
    </Page>
  );
}

function Rows({ way, state, organisationId, organisation }: { way: Way; state: OpenState; organisationId: string; organisation: string }) {
  const [now] = useState(() => new Date());
  const query = useSearchPages([...referralsKey, way, state], 'ServiceRequest', referralForm(way, organisationId, state), { beside: (page) => (way === 'to-us' ? referralBeside(page, organisation) : []) });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const items = (page: Bundle): ReferralRow[] => referralRows(page, way, [organisation], now);
  const shown = data?.pages.flatMap(items).length ?? 0;
  const pages = data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && shown < enough.rows && pages < enough.pages) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, shown, pages, fetchNextPage]);
  return (
    <Paged query={query} items={items} none={words.none[way]} more={words.more}>
      {(rows) => <ul className="os-items">{rows.map((row) => <Row row={row} key={row.record} />)}</ul>}
    </Paged>
  );
}

function Row({ row: { record, citizen, name, born, nhsNumber, what, from, to, reason, made, priority, pressing, state, waits } }: { row: ReferralRow }) {
  return (
    <li className={waits ? 'os-item os-item--look' : 'os-item'}>
      <h2 className="os-item__title">{citizen === undefined ? name : <Link to={`/person/${citizen}/${record}`}>{name}<span className="nhsuk-u-visually-hidden">, {what}</span></Link>} <span className="os-item__state">{state}</span>{pressing ? <> <span className="os-item__state os-item__state--pressing">{priority}</span></> : null}</h2>
      {born === '' ? null : <p className="os-item__whose"><span className="os-label">{words.born}</span> {born} <span className="os-label">{words.nhs}</span> <span className="os-nowrap">{nhsNumber}</span></p>}
      <Facts facts={[[words.facts.service, what], [words.facts.from, from], [words.facts.to, to], [words.facts.reason, reason], [words.facts.made, made], [words.facts.priority, priority === '' || pressing ? null : priority]]} />
    </li>
  );
}
