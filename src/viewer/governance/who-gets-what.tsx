import { useState } from 'react';
import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { Radios, Select, Table } from '../ui/nhs.ts';
import type { AgreementView } from './agreement-view.ts';
import { flowsOf, givenBy, organisationsIn, receivedBy, type Flow, type FlowsOfOther } from './flows.ts';

const words = strings.agreements.flows;
type Direction = 'received' | 'given';

/** Across all agreements in force: what one organisation gets, or who gets what it knows. */
export function WhoGetsWhat({ agreements }: { agreements: readonly AgreementView[] }) {
  const [key, setKey] = useState('');
  const [direction, setDirection] = useState<Direction>('received');
  const flows = flowsOf(agreements);
  const organisations = organisationsIn(flows);
  const chosen = organisations.find((organisation) => organisation.key === key);
  return (
    <section aria-labelledby="who-gets-what" className="os-flows">
      <h2 className="nhsuk-heading-m" id="who-gets-what">{words.heading}</h2>
      <p className="os-lead">{words.intro}</p>
      {flows.length === 0 ? <p>{words.noneAtAll}</p> : (
        <div className="os-flows__choose">
          <Select id="flows-organisation" label={words.organisation} value={key} onChange={({ currentTarget }) => { setKey(currentTarget.value); }}>
            <Select.Option value="">{words.choose}</Select.Option>
            {organisations.map((organisation) => <Select.Option value={organisation.key} key={organisation.key}>{organisation.name}</Select.Option>)}
          </Select>
          <Radios idPrefix="flows-direction" name="flows-direction" legend={words.show} legendProps={{ size: 's' }} small inline onChange={({ target }) => { setDirection((target as HTMLInputElement).value === 'given' ? 'given' : 'received'); }}>
            <Radios.Item value="received" defaultChecked>{words.received}</Radios.Item>
            <Radios.Item value="given">{words.given}</Radios.Item>
          </Radios>
        </div>
      )}
      <div aria-live="polite">
        {chosen === undefined ? null : <h3 className="nhsuk-heading-s">{direction === 'received' ? words.receivedHeading(chosen.name) : words.givenHeading(chosen.name)}</h3>}
      </div>
      {chosen === undefined ? null : <Groups groups={direction === 'received' ? receivedBy(flows, key) : givenBy(flows, key)} direction={direction} />}
    </section>
  );
}

function Groups({ groups, direction }: { groups: readonly FlowsOfOther[]; direction: Direction }) {
  if (groups.length === 0) return <p>{direction === 'received' ? words.noneReceived : words.noneGiven}</p>;
  return groups.map(({ other, flows }) => (
    <Table responsive caption={direction === 'received' ? words.from(other.name) : words.to(other.name)} captionProps={{ size: 's' }} className="os-flow-table" key={other.key}>
      <Table.Head>
        <Table.Row>
          <Table.Cell>{words.what}</Table.Cell>
          <Table.Cell>{words.roles}</Table.Cell>
          <Table.Cell>{words.purposes}</Table.Cell>
          <Table.Cell>{words.conditions}</Table.Cell>
          <Table.Cell>{words.clause}</Table.Cell>
        </Table.Row>
      </Table.Head>
      <Table.Body>{flows.map((flow) => <FlowRow flow={flow} key={`${flow.agreement.id} ${flow.clause.number}`} />)}</Table.Body>
    </Table>
  ));
}

function FlowRow({ flow }: { flow: Flow }) {
  const { clause, agreement } = flow;
  return (
    <Table.Row>
      <Table.Cell><span className="os-first-letter">{clause.categories.join(', ')}</span></Table.Cell>
      <Table.Cell><span className="os-first-letter">{clause.roles.join(', ')}</span></Table.Cell>
      <Table.Cell><span className="os-first-letter">{clause.purposes.join(', ')}</span></Table.Cell>
      <Table.Cell>{conditionsOf(flow)}</Table.Cell>
      <Table.Cell><Link to={`/agreements/${agreement.id}#clause-${clause.number}`}>{words.clauseOf(clause.number)}</Link>, {agreement.title}</Table.Cell>
    </Table.Row>
  );
}

function conditionsOf({ clause, unsigned }: Flow): string {
  const parts = [
    ...(unsigned.length > 0 ? [words.unsigned(unsigned.join(', '))] : []),
    ...(clause.relationship === undefined ? [] : [words.onlyWhile(clause.relationship)]),
    ...(clause.consent === 'explicit' ? [words.onlyExplicit] : []),
  ];
  return parts.length === 0 ? words.noConditions : parts.join('. ');
}
