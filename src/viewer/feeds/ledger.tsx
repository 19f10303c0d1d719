import { useState } from 'react';
import { strings } from '../strings.ts';
import { Bounded } from '../ui/bounded.tsx';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Table } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import type { FeedLedger, LedgerField } from './feed-shapes.ts';
import { coverageOf, fieldsInOrder, shapeOf, waysOf } from './ledger-view.ts';

const words = strings.feeds.ledger;

/** Where each field of a feed goes. Asked for when somebody wants it: every look is an entry in the log. */
export function Ledger({ feed }: { feed: string }) {
  const [open, setOpen] = useState(false);
  return open ? <Told feed={feed} /> : <p><button type="button" className="os-link-button" onClick={() => setOpen(true)}>{words.open}</button></p>;
}

function Told({ feed }: { feed: string }) {
  const { data, error, isPending, refetch } = useGovernance<FeedLedger>(`feeds/${encodeURIComponent(feed)}/ledger`);
  if (isPending) return <Loading lines={3} />;
  if (!data) return <Problem error={error} onRetry={() => void refetch()} />;
  const { fields, coverage, complete, unmappedCodes } = data;
  if (fields.length === 0) return <p>{words.none}</p>;
  return (
    <>
      <p><strong>{words.covered(coverage['unmapped'] ?? 0, fields.length)}</strong></p>
      <Facts facts={coverageOf(data)} />
      <Bounded items={fieldsInOrder(fields)} limit={50}>{(shown) => <Fields fields={shown} />}</Bounded>
      {complete ? null : <p><strong>{words.more}</strong></p>}
      {unmappedCodes.length === 0 ? null : <><h3 className="nhsuk-heading-s">{words.codes}</h3><Codes codes={unmappedCodes} /></>}
    </>
  );
}

function Fields({ fields }: { fields: readonly LedgerField[] }) {
  const { columns } = words;
  return (
    <Table responsive caption={words.caption} captionProps={{ size: 's' }} className="os-changes-table">
      <Table.Head><Table.Row>{[columns.field, columns.state, columns.ways, columns.example].map((text) => <Table.Cell key={text}>{text}</Table.Cell>)}</Table.Row></Table.Head>
      <Table.Body>
        {fields.map((field) => (
          <Table.Row key={`${field.part} ${field.field}`}>
            <Table.Cell>{field.part} {field.sentAs}</Table.Cell><Table.Cell>{words.states[field.state] ?? field.state}</Table.Cell>
            <Table.Cell>{waysOf(field).map((line) => <div key={line}>{line}</div>)}</Table.Cell><Table.Cell>{shapeOf(field)}</Table.Cell>
          </Table.Row>
        ))}
      </Table.Body>
    </Table>
  );
}

function Codes({ codes }: { codes: FeedLedger['unmappedCodes'] }) {
  const { codeColumns: columns } = words;
  return (
    <Table responsive caption={words.codeCaption} captionProps={{ size: 's' }} className="os-changes-table">
      <Table.Head><Table.Row>{[columns.table, columns.field, columns.value, columns.seen, columns.row].map((text) => <Table.Cell key={text}>{text}</Table.Cell>)}</Table.Row></Table.Head>
      <Table.Body>
        {codes.map(({ part, table, field, value, seen, suggestedRow }) => (
          <Table.Row key={`${part} ${table} ${field} ${value}`}>
            <Table.Cell>{table}</Table.Cell><Table.Cell>{field}</Table.Cell><Table.Cell>{value}</Table.Cell><Table.Cell>{seen.toLocaleString('en-GB')}</Table.Cell><Table.Cell>{suggestedRow === null ? words.noRow : <code>{suggestedRow}</code>}</Table.Cell>
          </Table.Row>
        ))}
      </Table.Body>
    </Table>
  );
}
