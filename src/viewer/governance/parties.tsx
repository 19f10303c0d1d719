import { useState } from 'react';
import { formatDate } from '../format.ts';
import { strings } from '../strings.ts';
import { Table } from '../ui/nhs.ts';
import type { Party } from './agreement-view.ts';

const words = strings.agreements.page;
const first = 20;

/** Who signed and who did not; of many, the first, which are those who did not. */
export function Parties({ parties }: { parties: readonly Party[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? parties : parties.slice(0, first);
  return (
    <>
      <Table responsive firstCellIsHeader caption={words.partiesCaption} captionProps={{ size: 's' }}>
        <Table.Head>
          <Table.Row><Table.Cell>{words.party}</Table.Cell><Table.Cell>{words.role}</Table.Cell><Table.Cell>{words.signed}</Table.Cell></Table.Row>
        </Table.Head>
        <Table.Body>
          {shown.map(({ key, name, role, signedAt }) => (
            <Table.Row key={key}>
              <Table.Cell>{name}</Table.Cell>
              <Table.Cell>{role ?? words.roleNotSaid}</Table.Cell>
              <Table.Cell>{signedAt === undefined ? words.notSigned : formatDate(signedAt)}</Table.Cell>
            </Table.Row>
          ))}
        </Table.Body>
      </Table>
      {shown.length < parties.length ? <button type="button" className="os-link-button" onClick={() => { setAll(true); }}>{words.allParties(parties.length)}</button> : null}
    </>
  );
}
