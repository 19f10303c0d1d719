import type { Patient } from '@medplum/fhirtypes';
import type { UseQueryResult } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { matchesOf, search as searchFhir } from '../api/fhir.ts';
import { strings } from '../strings.ts';
import { Button, DateInput, ErrorSummary, Select, TextInput } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { emptySearch, readSearch, type Field, type LogSearch, type Mistakes, type TypedDay, type TypedSearch } from './log-search.ts';
import type { OrganisationChoice } from './organisation-choices.ts';

const words = strings.whoLooked.form;
const fieldIds: Readonly<Record<Field, string>> = { number: 'log-number', person: 'log-person', policy: 'log-policy', from: 'log-from-day', to: 'log-to-day' };

interface Props {
  organisations: UseQueryResult<OrganisationChoice[]>;
  onSearch: (search: LogSearch, patient?: Patient) => void;
  /** back to the whole log, with empty boxes */
  onClear: () => void;
}

/** Everything is optional; the NHS number is turned into a citizen before the log is asked. */
export function LogForm({ organisations, onSearch, onClear }: Props) {
  const [typed, setTyped] = useState<TypedSearch>(emptySearch);
  const { mistakes, problem, finding, submit } = useSubmit(typed, onSearch);
  const set = (part: Partial<TypedSearch>): void => { setTyped((before) => ({ ...before, ...part })); };
  return (
    <form className="os-log-form" aria-labelledby="log-form-heading" noValidate onSubmit={submit}>
      <h2 className="nhsuk-heading-m" id="log-form-heading">{words.heading}</h2>
      <p className="os-quiet">{words.hint}</p>
      <MistakesSummary mistakes={mistakes} />
      {problem === null ? null : <Problem error={problem} />}
      <div className="os-log-form__grid">
        <TextInput id="log-number" label={words.number} hint={words.numberHint} {...errorOf(mistakes.number)} code inputMode="numeric" autoComplete="off" spellCheck={false} value={typed.number} onChange={({ currentTarget }) => { set({ number: currentTarget.value }); }} />
        <TextInput id="log-person" label={words.person} hint={words.personHint} {...errorOf(mistakes.person)} autoComplete="off" spellCheck={false} value={typed.person} onChange={({ currentTarget }) => { set({ person: currentTarget.value }); }} />
        <Select id="log-organisation" label={words.organisation} hint={organisations.isError ? words.organisationsMissing : words.organisationHint} value={typed.organisation} onChange={({ currentTarget }) => { set({ organisation: currentTarget.value }); }}>
          <Select.Option value="">{words.anyOrganisation}</Select.Option>
          {(organisations.data ?? []).map(({ key, name }) => <Select.Option value={key} key={key}>{name}</Select.Option>)}
        </Select>
        <TextInput id="log-policy" label={words.policy} hint={words.policyHint} {...errorOf(mistakes.policy)} autoComplete="off" spellCheck={false} value={typed.policy} onChange={({ currentTarget }) => { set({ policy: currentTarget.value }); }} />
        <DayInput id="log-from" legend={words.from} hint={words.fromHint} error={mistakes.from} value={typed.from} onDay={(from) => { set({ from }); }} />
        <DayInput id="log-to" legend={words.to} hint={words.toHint} error={mistakes.to} value={typed.to} onDay={(to) => { set({ to }); }} />
      </div>
      <div className="os-log-form__buttons">
        <Button type="submit" preventDoubleClick>{words.search}</Button>
        <Button type="button" secondary onClick={onClear}>{words.clear}</Button>
        <span role="status">{finding ? words.finding : ''}</span>
      </div>
    </form>
  );
}

function useSubmit(typed: TypedSearch, onSearch: Props['onSearch']): { mistakes: Mistakes; problem: unknown; finding: boolean; submit: (event: FormEvent) => void } {
  const [state, setState] = useState<{ mistakes: Mistakes; problem: unknown; finding: boolean }>({ mistakes: {}, problem: null, finding: false });
  const latest = useRef(0);
  const find = async (search: LogSearch, number: string): Promise<void> => {
    latest.current += 1;
    const mine = latest.current;
    setState({ mistakes: {}, problem: null, finding: true });
    try {
      const [patient] = matchesOf(await searchFhir<Patient>('Patient', [['identifier', `https://fhir.nhs.uk/Id/nhs-number|${number}`]]));
      if (mine !== latest.current) return;
      setState({ mistakes: patient?.id === undefined ? { number: strings.whoLooked.mistakes.unknown } : {}, problem: null, finding: false });
      if (patient?.id !== undefined) onSearch({ ...search, citizen: patient.id }, patient);
    } catch (problem) {
      if (mine === latest.current) setState({ mistakes: {}, problem, finding: false });
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const read = readSearch(typed);
    if ('mistakes' in read) return setState({ mistakes: read.mistakes, problem: null, finding: false });
    if (read.number !== undefined) return void find(read.search, read.number);
    setState({ mistakes: {}, problem: null, finding: false });
    onSearch(read.search);
  };
  return { ...state, submit };
}

function MistakesSummary({ mistakes }: { mistakes: Mistakes }) {
  const found = Object.entries(mistakes) as [Field, string][];
  if (found.length === 0) return null;
  return (
    <ErrorSummary key={found.map(([field]) => field).join()}>
      <ErrorSummary.Title>{words.errors}</ErrorSummary.Title>
      <ErrorSummary.List>
        {found.map(([field, text]) => <ErrorSummary.ListItem href={`#${fieldIds[field]}`} key={field}>{text}</ErrorSummary.ListItem>)}
      </ErrorSummary.List>
    </ErrorSummary>
  );
}

function DayInput({ id, legend, hint, error, value, onDay }: { id: string; legend: string; hint: string; error: string | undefined; value: TypedDay; onDay: (day: TypedDay) => void }) {
  const part = (name: keyof TypedDay) => ({ id: `${id}-${name}`, value: value[name], onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => { onDay({ ...value, [name]: currentTarget.value }); } });
  return (
    <DateInput id={id} legend={legend} legendProps={{ size: 's' }} hint={hint} {...errorOf(error)}>
      <DateInput.Day {...part('day')} />
      <DateInput.Month {...part('month')} />
      <DateInput.Year {...part('year')} />
    </DateInput>
  );
}

function errorOf(text: string | undefined): { error?: string } {
  return text === undefined ? {} : { error: text };
}
