import type { Parameters } from '@medplum/fhirtypes';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { addressOf, read } from '../api/fhir.ts';
import { dayFrom } from '../read-day.ts';
import { strings } from '../strings.ts';
import { Bounded } from '../ui/bounded.tsx';
import { Mistakes, errorOf } from '../ui/mistakes.tsx';
import { Button, TextInput } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { accessReportOf, type AccessReportView } from './access-report-view.ts';

const words = strings.reports.access;
const limit = 20;

/** What a citizen can be told of who looked at their record: here to read, and as a page to print. */
export function AccessReport({ citizen }: { citizen: string }) {
  const [typed, setTyped] = useState({ start: '', end: '' });
  const [mistakes, setMistakes] = useState<Readonly<Record<string, string>>>({});
  const making = useMutation({ gcTime: 0, mutationFn: async (query: string) => accessReportOf(await read<Parameters>(`Patient/${citizen}/$access-report?${query}`)) });
  const query = new URLSearchParams(Object.entries(typed).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, dayFrom(text) ?? '']]))).toString();
  const hasMistakes = (): boolean => {
    const found = Object.entries(typed).flatMap(([name, text]) => (text.trim() === '' || dayFrom(text) !== undefined ? [] : [[name, words.noDay] as const]));
    setMistakes(Object.fromEntries(found));
    return found.length > 0;
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!hasMistakes() && !making.isPending) making.mutate(query);
  };
  const box = (field: 'start' | 'end', label: string, hint?: string) => (
    <TextInput id={`access-${field}`} label={label} {...(hint !== undefined && { hint })} width={10} autoComplete="off" value={typed[field]} {...errorOf(mistakes[field])} onChange={({ currentTarget }) => { setTyped((before) => ({ ...before, [field]: currentTarget.value })); }} />
  );
  return (
    <section className="os-section" aria-labelledby="access-report-heading" data-access-report>
      <h2 className="nhsuk-heading-m" id="access-report-heading">{words.heading}</h2>
      <p className="os-lead">{words.says}</p>
      <form className="os-form" noValidate onSubmit={submit} aria-label={words.heading}>
        <Mistakes prefix="access" heading={strings.reports.errors} mistakes={mistakes} />
        {box('start', words.from, words.dayHint)}
        {box('end', words.to)}
        <p className="os-doing os-doing--report">
          <Button type="submit" small aria-disabled={making.isPending}>{making.isPending ? words.making : words.make}</Button>
          <a className="os-doing__one" href={addressOf(`Patient/${citizen}/$access-report?_format=html&${query}`)} target="_blank" rel="noopener" onClick={(event) => { if (hasMistakes()) event.preventDefault(); }}>{words.print}</a>
        </p>
      </form>
      {making.isError ? <Problem error={making.error} /> : null}
      <div role="status">{making.data === undefined ? null : <Preview report={making.data} />}</div>
    </section>
  );
}

function Preview({ report: { lines, heldBack } }: { report: AccessReportView }) {
  return (
    <>
      <p>{lines.length === 0 ? words.none : words.lines(lines.length)}</p>
      {heldBack.map(({ rule, looks }) => <p key={rule}>{words.heldBack(rule, looks)}</p>)}
      <Bounded items={lines} limit={limit}>
        {(shown) => (
          <ul className="os-items">
            {shown.map(({ when, who, what, why, cameOfIt }, at) => (
              <li className="os-item os-fact" key={`${at} ${when}`}>
                <strong>{when}</strong>: {who}
                {[...what, ...why, ...cameOfIt].map((text) => <p key={text}>{text}</p>)}
              </li>
            ))}
          </ul>
        )}
      </Bounded>
    </>
  );
}
