import type { Organization } from '@medplum/fhirtypes';
import { useState } from 'react';
import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { daysBefore } from '../read-day.ts';
import { strings } from '../strings.ts';
import { Either } from '../ui/either.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Select } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { Problem } from '../ui/problem.tsx';
import { useSearchPages } from '../ui/use-search-pages.ts';
import { ownOrganisation } from './destinations.ts';
import { referralForm, referralRows, type ReferralRow } from './referral-list-view.ts';
import { referralsKey } from './use-referral.ts';
import { useDirectoryOfOrganisations } from './use-organisations.ts';

const words = strings.referral.list;
type Way = 'to-us' | 'from-us';

/** Referrals that are not over, to the reader's organisation or by it. */
export function ReferralList({ session }: { session: SignedIn }) {
  const directory = useDirectoryOfOrganisations();
  const [way, setWay] = useState<Way>('to-us');
  const [span, setSpan] = useState<string>(words.spans[0][0]);
  const own = ownOrganisation(directory.data ?? [], session.organisation);
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <Either label={words.which} options={[['to-us', words.toUs], ['from-us', words.fromUs]]} chosen={way} onChoose={setWay} />
      <Select id="referrals-span" label={words.span} value={span} onChange={({ currentTarget }) => { setSpan(currentTarget.value); }}>
        {words.spans.map(([days, label]) => <Select.Option value={days} key={days}>{label}</Select.Option>)}
      </Select>
      {directory.isPending ? <Loading /> : null}
      {directory.isError ? <Problem error={directory.error} onRetry={() => void directory.refetch()} /> : null}
      {own ? <Rows way={way} span={span} own={own} organisation={session.organisation} key={`${way} ${span}`} /> : null}
    </Page>
  );
}

function Rows({ way, span, own, organisation }: { way: Way; span: string; own: Organization; organisation: string }) {
  const [now] = useState(() => new Date());
  const query = useSearchPages([...referralsKey, way, span], 'ServiceRequest', referralForm(way, own, organisation, span === '' ? undefined : daysBefore(now, Number(span))));
  return (
    <Paged query={query} items={(page) => referralRows(page, [organisation], now)} none={words.none[way]} more={words.more}>
      {(rows) => <ul className="os-items">{rows.map((row) => <Row row={row} way={way} key={row.record} />)}</ul>}
    </Paged>
  );
}

function Row({ row: { record, citizen, name, born, nhsNumber, what, from, to, reason, made, priority, state, waits }, way }: { row: ReferralRow; way: Way }) {
  return (
    <li className={waits ? 'os-item os-item--look' : 'os-item'}>
      <h2 className="os-item__title">{citizen === undefined ? what : <Link to={`/person/${citizen}/${record}`}>{what}</Link>} <span className="os-item__state">{state}</span></h2>
      <p className="os-item__whose"><strong>{name}</strong> {born === '' ? null : <><span className="os-label">{words.born}</span> {born} <span className="os-label">{words.nhs}</span> <span className="os-nowrap">{nhsNumber}</span></>}</p>
      <Facts facts={[way === 'to-us' ? [words.facts.from, from] : [words.facts.to, to], [words.facts.reason, reason], [words.facts.made, made], [words.facts.priority, priority === '' ? null : priority]]} />
    </li>
  );
}
