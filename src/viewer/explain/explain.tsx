import type { Parameters } from '@medplum/fhirtypes';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useSearchParams } from 'react-router';
import { read } from '../api/fhir.ts';
import { useOrganisations } from '../governance/use-registers.ts';
import { strings } from '../strings.ts';
import { Facts } from '../ui/facts.tsx';
import { errorOf, Mistakes } from '../ui/mistakes.tsx';
import { Button, Select, TextInput } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { explanationOf, recordOf, type ExplanationView } from './explanation-view.ts';

const words = strings.explain;

interface Typed {
  record: string;
  organisation: string;
  role: string;
  purpose: string;
}

/** One decision explained: an entry, and for whom; without a whom, everybody who may see it. */
export function Explain() {
  const [parameters] = useSearchParams();
  const [typed, setTyped] = useState<Typed>({ record: parameters.get('record') ?? '', organisation: '', role: '', purpose: '' });
  const [mistakes, setMistakes] = useState<Readonly<Record<string, string>>>({});
  const asking = useMutation({ gcTime: 0, mutationFn: ask });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wrong = mistakesOf(typed);
    setMistakes(wrong);
    asking.reset();
    if (Object.keys(wrong).length === 0 && !asking.isPending) asking.mutate(typed);
  };
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <form className="os-form" noValidate autoComplete="off" onSubmit={submit} aria-label={words.title}>
        <Mistakes prefix="explain" heading={words.errors} mistakes={mistakes} />
        {asking.isError ? <Problem error={asking.error} /> : null}
        <Fields typed={typed} mistakes={mistakes} onTyped={(part) => { setTyped((before) => ({ ...before, ...part })); }} />
        <p className="os-doing"><Button type="submit" small aria-disabled={asking.isPending}>{asking.isPending ? words.asking : words.ask}</Button></p>
      </form>
      <div role="status">{asking.data === undefined ? null : <Explained explanation={asking.data} />}</div>
    </Page>
  );
}

function mistakesOf({ record, organisation, role, purpose }: Typed): Record<string, string> {
  const { mistakes } = words;
  return {
    ...(recordOf(record) === undefined && { record: mistakes.record }), ...(organisation !== '' && role === '' && { role: mistakes.role }), ...(organisation !== '' && purpose === '' && { purpose: mistakes.purpose }),
  };
}

async function ask({ record, organisation, role, purpose }: Typed): Promise<ExplanationView> {
  const whom = organisation === '' ? '' : `?${new URLSearchParams({ organisation, role, purpose }).toString()}`;
  return explanationOf(await read<Parameters>(`${recordOf(record) ?? ''}/$explain-access${whom}`));
}

function Fields({ typed, mistakes, onTyped }: { typed: Typed; mistakes: Readonly<Record<string, string>>; onTyped: (part: Partial<Typed>) => void }) {
  const organisations = useOrganisations();
  const options = (names: Readonly<Record<string, string>>) => Object.entries(names).map(([code, name]) => <Select.Option value={code} key={code}>{name}</Select.Option>);
  return (
    <>
      <TextInput id="explain-record" label={words.record} hint={words.recordHint} {...errorOf(mistakes['record'])} spellCheck={false} autoComplete="off" value={typed.record} onChange={({ currentTarget }) => { onTyped({ record: currentTarget.value }); }} />
      <Select id="explain-organisation" label={words.organisation} value={typed.organisation} onChange={({ currentTarget }) => { onTyped({ organisation: currentTarget.value }); }}>
        <Select.Option value="">{words.anybody}</Select.Option>
        {(organisations.data ?? []).map(({ key, name }) => <Select.Option value={key} key={key}>{name}</Select.Option>)}
      </Select>
      {typed.organisation === '' ? null : (
        <>
          <Select id="explain-role" label={words.role} {...errorOf(mistakes['role'])} value={typed.role} onChange={({ currentTarget }) => { onTyped({ role: currentTarget.value }); }}><Select.Option value="">{words.choose}</Select.Option>{options(strings.roles)}</Select>
          <Select id="explain-purpose" label={words.purpose} {...errorOf(mistakes['purpose'])} value={typed.purpose} onChange={({ currentTarget }) => { onTyped({ purpose: currentTarget.value }); }}><Select.Option value="">{words.choose}</Select.Option>{options(strings.purposes)}</Select>
        </>
      )}
    </>
  );
}

function Explained({ explanation: { custodian, category, labels, rules, audiences } }: { explanation: ExplanationView }) {
  const named = (codes: readonly string[], names: Readonly<Record<string, string>>): string => codes.map((code) => names[code] ?? code).join(', ');
  return (
    <>
      <h2 className="nhsuk-heading-m">{words.of}</h2>
      <Facts facts={[[words.custodian, custodian], [words.category, strings.agreements.categories[category] ?? category], [words.labels, labels.length === 0 ? words.noLabels : named(labels, strings.agreements.labels)]]} />
      {rules.length === 0 ? null : (
        <>
          <h2 className="nhsuk-heading-m">{words.rules}</h2>
          <ol className="os-items">{rules.map(({ number, says, effect, sentence }) => (
            <li className={effect === 'not-decided' ? 'os-item' : 'os-item os-item--look'} key={number}><p><strong>{words.effects[effect] ?? effect}</strong>. {words.rule(number, says)}</p>{sentence === undefined ? null : <p>{sentence}</p>}</li>
          ))}</ol>
        </>
      )}
      {rules.length > 0 ? null : (
        <>
          <h2 className="nhsuk-heading-m">{words.audiences}</h2>
          {audiences.length === 0 ? <p>{words.nobody}</p> : <ul className="os-items">{audiences.map(({ organisation, sentence, roles, purposes }, at) => (
            <li className="os-item" key={at}><p><strong>{organisation}</strong>. {sentence}</p><Facts facts={[[words.roles, named(roles, strings.roles)], [words.purposes, named(purposes, strings.purposes)]]} /></li>
          ))}</ul>}
        </>
      )}
    </>
  );
}
