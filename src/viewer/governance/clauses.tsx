import { useState } from 'react';
import { useLocation } from 'react-router';
import { strings } from '../strings.ts';
import { Select } from '../ui/nhs.ts';
import { clausesNaming, namedIn, unsignedIn, type Party } from './agreement-view.ts';
import type { ClauseView } from './clause-view.ts';
import { Clause } from './clause.tsx';

const words = strings.agreements.page;
const first = 10;

/** The clauses of an agreement. Of many, those that name one organisation, or the first; all where a citation leads to a later one. */
export function Clauses({ clauses, parties }: { clauses: readonly ClauseView[]; parties: readonly Party[] }) {
  const { hash } = useLocation();
  const [key, setKey] = useState('');
  const [all, setAll] = useState(false);
  const naming = clausesNaming(clauses, key);
  const cited = naming.slice(first).some(({ number }) => hash === `#clause-${number}`);
  const shown = all || cited ? naming : naming.slice(0, first);
  return (
    <>
      {clauses.length <= first ? null : (
        <Select id="clauses-organisation" label={words.clausesNaming} value={key} onChange={({ currentTarget }) => { setKey(currentTarget.value); }}>
          <Select.Option value="">{words.everybody}</Select.Option>
          {namedIn(clauses).map((organisation) => <Select.Option value={organisation.key} key={organisation.key}>{organisation.name}</Select.Option>)}
        </Select>
      )}
      {shown.map((clause) => <Clause clause={clause} unsigned={unsignedIn(clause, parties)} key={clause.number} />)}
      {shown.length < naming.length ? <button type="button" className="os-link-button" onClick={() => { setAll(true); }}>{words.allClauses(naming.length)}</button> : null}
    </>
  );
}
