import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { FirstOf } from './first-of.tsx';
import { LookProofs } from './look-proofs.tsx';
import type { LogRow } from './log-row.ts';

const words = strings.whoLooked.entry;

/** What those who look into a case quote to the people who run the gateway. */
export function LogDetails({ row, organisations }: { row: LogRow; organisations: ReadonlyMap<string, string> }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="os-fold" onToggle={({ currentTarget }) => { setOpen(currentTarget.open); }}>
      <summary>{words.details}</summary>
      {open ? <><Particulars row={row} organisations={organisations} /><LookProofs id={row.id} decided={row.decisions.length > 0} /></> : null}
    </details>
  );
}

function Particulars({ row, organisations }: { row: LogRow; organisations: ReadonlyMap<string, string> }) {
  const { requestId, query, status, versions, emergencies, custodians, address, token } = row.details;
  return (
    <dl className="os-particulars">
      <Part name={words.requestId}>{requestId ?? words.none}</Part>
      <Part name={words.id}>{row.id}</Part>
      <Part name={words.query}>{query === undefined ? words.none : <><code>{query}</code>{query.includes('*') ? <span className="os-quiet"> {words.queryHint}</span> : null}</>}</Part>
      <Part name={words.status}>{status ?? words.none}</Part>
      {emergencies.length === 0 ? null : <Part name={words.emergency}>{emergencies.join(', ')}</Part>}
      <Part name={words.custodians}>{custodians.length === 0 ? words.noVersions : custodians.map((code) => organisations.get(code) ?? code).join('; ')}</Part>
      <Part name={words.versions}>{versions.length === 0 ? words.noVersions : <FirstOf items={versions} line={(version) => <li key={version}><code>{version}</code> <Link className="os-quiet" to={`/explain?record=${encodeURIComponent(version)}`}>{strings.explain.link}</Link></li>} />}</Part>
      <Part name={words.client}>{row.client ?? words.none}</Part>
      <Part name={words.address}>{address ?? words.none}</Part>
      <Part name={words.token}>{token ?? words.none}</Part>
    </dl>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
