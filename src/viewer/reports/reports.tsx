import type { Patient } from '@medplum/fhirtypes';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { matchesOf, search } from '../api/fhir.ts';
import { firstRows, reportFile, type ReportFilters, type ReportHead } from '../api/reports.ts';
import { lookActionOf } from '../governance/log-action.ts';
import { saveBlob } from '../governance/save-file.ts';
import { useAgreements, useOrganisations } from '../governance/use-registers.ts';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { Mistakes, errorOf } from '../ui/mistakes.tsx';
import { Button, Select, Table, TextInput } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, readReport, shownColumns, type TypedReport } from './report-form.ts';

const words = strings.reports;
const mostShown = 20;
const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

interface Asked {
  name: string;
  filters: ReportFilters;
  number: string | undefined;
  file: boolean;
}

/** Reports out of the log: a first look at the rows, and the whole of them as a file. */
export function Reports() {
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<TypedReport>({});
  const [mistakes, setMistakes] = useState<Readonly<Record<string, string>>>({});
  const asking = useMutation({ gcTime: 0, mutationFn: ask });
  const set = (field: string, value: string): void => { setTyped((before) => ({ ...before, [field]: value })); };
  const submit = (file: boolean) => (event: FormEvent): void => {
    event.preventDefault();
    const read = readReport(name, typed);
    setMistakes('mistakes' in read ? read.mistakes : {});
    asking.reset();
    if ('filters' in read && !asking.isPending) asking.mutate({ name, ...read, file });
  };
  const { data, variables, isPending } = asking;
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <form className="os-form" noValidate autoComplete="off" onSubmit={submit(false)} aria-label={words.title}>
        <Mistakes prefix="report" heading={words.errors} mistakes={mistakes} />
        {asking.isError ? <Problem error={asking.error} /> : null}
        <Select id="report-name" label={words.which} value={name} {...errorOf(mistakes['name'])} onChange={({ currentTarget }) => { setName(currentTarget.value); setMistakes({}); asking.reset(); }}>
          <Select.Option value="">{words.choose}</Select.Option>
          {Object.entries(words.names).map(([value, label]) => <Select.Option value={value} key={value}>{label}</Select.Option>)}
        </Select>
        {[...fieldsOf(name), 'from', 'to'].map((field) => <Field field={field} value={typed[field] ?? ''} mistake={mistakes[field]} onChange={set} key={field} />)}
        <p className="os-doing">
          <Button type="submit" small aria-disabled={isPending}>{isPending && !variables.file ? words.showing : words.show}</Button>
          <Button type="button" small secondary aria-disabled={isPending} onClick={submit(true)}>{isPending && variables.file ? words.saving : words.save}</Button>
        </p>
      </form>
      <div role="status">{data === undefined ? null : data === 'unknown' || data === 'several' ? <p>{words[data]}</p> : data === 'saved' ? <p className="os-asked">{words.saved}</p> : <Rows name={variables?.name ?? ''} head={data} />}</div>
    </Page>
  );
}

async function ask({ name, filters, number, file }: Asked): Promise<ReportHead | 'saved' | 'unknown' | 'several'> {
  const [citizen, other] = number === undefined ? [] : matchesOf(await search<Patient>('Patient', [['identifier', `${nhsNumberSystem}|${number}`]]));
  if (number !== undefined && !citizen) return 'unknown';
  if (other) return 'several'; // a number is no proof of who somebody is
  const asked = { ...filters, ...(citizen && { patient: citizen.id ?? '' }) };
  if (!file) return firstRows(name, asked, mostShown);
  saveBlob(`${name}.csv`, await reportFile(name, asked));
  return 'saved';
}

function Field({ field, value, mistake, onChange }: { field: string; value: string; mistake: string | undefined; onChange: (field: string, value: string) => void }) {
  const hint = words.hints[field];
  const label = words.fields[field] ?? field;
  if (field === 'organisation' || field === 'agreement') return <Registered field={field} label={label} value={value} mistake={mistake} onChange={onChange} />;
  return <TextInput id={`report-${field}`} label={label} {...(hint !== undefined && { hint })} width={field === 'user' ? 30 : 10} spellCheck={false} value={value} {...errorOf(mistake)} onChange={({ currentTarget }) => { onChange(field, currentTarget.value); }} />;
}

/** A box whose values are in a register. */
function Registered({ field, label, value, mistake, onChange }: { field: 'organisation' | 'agreement'; label: string; value: string; mistake: string | undefined; onChange: (field: string, value: string) => void }) {
  const organisations = useOrganisations(field === 'organisation');
  const agreements = useAgreements(field === 'agreement');
  const options = field === 'organisation' ? (organisations.data ?? []).map(({ key, name }) => [key, name] as const)
    : [...new Map((agreements.data ?? []).map(({ identifier, title }) => [identifier, title])).entries()];
  return (
    <Select id={`report-${field}`} label={label} value={value} {...errorOf(mistake)} onChange={({ currentTarget }) => { onChange(field, currentTarget.value); }}>
      <Select.Option value="">{words.choose}</Select.Option>
      {options.map(([key, text]) => <Select.Option value={key} key={key}>{text}</Select.Option>)}
    </Select>
  );
}

function Rows({ name, head: { columns, rows, whole } }: { name: string; head: ReportHead }) {
  const shown = shownColumns(columns);
  if (rows.length === 0) return <p>{words.none}</p>;
  return (
    <>
      <p>{whole ? words.whole(rows.length) : words.cut(rows.length)}</p>
      <div className="os-scroll" tabIndex={0} role="region" aria-label={words.caption(words.names[name] ?? name)}>
        <Table className="os-report" caption={words.caption(words.names[name] ?? name)} captionProps={{ className: 'nhsuk-u-visually-hidden' }}>
          <Table.Head><Table.Row>{shown.map((column) => <Table.Cell key={column}>{words.columns[column]}</Table.Cell>)}</Table.Row></Table.Head>
          <Table.Body>{rows.map((row, at) => <Table.Row key={`${at} ${row['entry'] ?? ''}`}>{shown.map((column) => <Table.Cell key={column}>{cellOf(column, row[column] ?? '')}</Table.Cell>)}</Table.Row>)}</Table.Body>
        </Table>
      </div>
    </>
  );
}

/** Codes of the log in words, where there are some. */
function cellOf(column: string, value: string): string {
  if (['at', 'openedAt', 'until', 'reviewedAt'].includes(column)) return value === '' ? '' : formatDateTime(value);
  if (column === 'interaction') return lookActionOf(value, '').done;
  if (column === 'role') return strings.roles[value] ?? value;
  return column === 'purpose' ? (strings.purposes[value] ?? value) : value;
}
