import { useState } from 'react';
import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { hasScope } from '../home.tsx';
import { strings } from '../strings.ts';
import { Bars } from '../ui/bars.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { useSearchPages } from '../ui/use-search-pages.ts';
import { dischargeBeside, dischargeForm, dischargeRows, waitsOf, type DischargeRow } from './discharge-view.ts';

const words = strings.discharge;

/** The list a discharge hub works by: who is ready, since when, by which way, and who was asked. */
export function DischargeList({ session }: { session: SignedIn }) {
  const [now] = useState(() => new Date());
  const query = useSearchPages(['discharge'], 'Encounter', dischargeForm, { beside: dischargeBeside });
  const mayRefer = hasScope(session, 'ServiceRequest', 'c');
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <Paged query={query} items={(page) => dischargeRows(page, now)} none={words.none} more={words.more}>
        {(rows) => <><ul className="os-items">{rows.map((row) => <Row row={row} mayRefer={mayRefer} key={row.record} />)}</ul><Waits rows={rows} /></>}
      </Paged>
    </Page>
  );
}

function Waits({ rows }: { rows: readonly DischargeRow[] }) {
  const bars = waitsOf(rows);
  return bars.length === 0 ? null : <Bars caption={words.waits.caption} columns={words.waits.columns} bars={bars} />;
}

function Row({ row: { record, citizen, name, born, nhsNumber, place, ready, days, pathway, expected, delay, holds }, mayRefer }: { row: DischargeRow; mayRefer: boolean }) {
  const { facts } = words;
  return (
    <li className="os-item">
      <h2 className="os-item__title">{citizen === undefined ? name : <Link to={`/person/${citizen}`}>{name}</Link>} <span className="os-item__state">{words.days(days)}</span></h2>
      {born === '' ? null : <p className="os-item__whose"><span className="os-label">{words.born}</span> {born} <span className="os-label">{words.nhs}</span> <span className="os-nowrap">{nhsNumber}</span></p>}
      <Facts facts={[
        [facts.ready, ready], [facts.place, citizen === undefined || place === '' ? place : <Link to={`/person/${citizen}/${record}`}>{place}</Link>], [facts.pathway, pathway ?? null], [facts.expected, expected ?? null], [facts.delay, delay ?? null], [facts.holds, holds],
      ]} />
      {citizen === undefined || !mayRefer ? null : <p className="os-item__do"><Link to={`/person/${citizen}/refer`}>{words.refer}<span className="nhsuk-u-visually-hidden"> {name}</span></Link></p>}
    </li>
  );
}
