import type { Parameters } from '@medplum/fhirtypes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { operate } from '../api/fhir.ts';
import { strings } from '../strings.ts';
import { Mistakes, errorOf } from '../ui/mistakes.tsx';
import { Button, Radios, TextInput } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { changeEmergencies, emergencyIn } from './live-emergency.ts';
import { whomKey } from './need-emergency.tsx';
import { nothingTyped, readEmergency, type EmergencyField, type TypedEmergency } from './read-emergency.ts';

const words = strings.breakGlass;
const reasons = Object.entries(strings.emergency.reasons);

/** Asks for a record that is closed: says what that means, takes who, why and what has happened, and shows nothing before. */
export function BreakGlass() {
  const queries = useQueryClient();
  const [typed, setTyped] = useState(() => queries.getQueryData<TypedEmergency>(whomKey) ?? nothingTyped);
  useEffect(() => { queries.removeQueries({ queryKey: whomKey }); }, [queries]);
  const [mistakes, setMistakes] = useState<Partial<Record<EmergencyField, string>>>({});
  const navigate = useNavigate();
  const opening = useMutation({
    gcTime: 0, mutationFn: (parameters: Parameters) => operate<Parameters>('Patient/$break-glass', parameters),
    onSuccess: async (answer) => {
      const live = emergencyIn(answer);
      await changeEmergencies(queries, (before) => [...before.filter(({ reference }) => reference !== live.reference), live]);
      await navigate(`/person/${live.citizen}`);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const read = readEmergency(typed, new Date());
    setMistakes('mistakes' in read ? read.mistakes : {});
    if ('parameters' in read && !opening.isPending) opening.mutate(read.parameters);
  };
  const box = (field: Exclude<EmergencyField, 'reason'>, more: { hint?: string; code?: true; inputMode?: 'numeric' } = {}) => (
    <TextInput id={`emergency-${field}`} label={words[field]} autoComplete="off" spellCheck={false} {...more} {...errorOf(mistakes[field])} value={typed[field]} onChange={({ currentTarget }) => { setTyped((before) => ({ ...before, [field]: currentTarget.value })); }} />
  );
  return (
    <Page title={words.title}>
      <div className="os-interruption"><p><strong>{words.interruption}</strong></p><ul>{words.says.map((text) => <li key={text}>{text}</li>)}</ul><p><Link to="/find">{words.instead}</Link></p></div>
      <form className="os-break-glass" noValidate onSubmit={submit} aria-label={words.title}>
        <Mistakes prefix="emergency" heading={words.errors} mistakes={mistakes} />
        {opening.isError ? <Problem error={opening.error} /> : null}
        {box('number', { hint: words.numberHint, code: true, inputMode: 'numeric' })}
        {box('born', { hint: words.bornHint })}
        {box('family')}
        <Radios legend={words.reason} legendProps={{ size: 's' }} name="emergency-reason" {...errorOf(mistakes.reason)} onChange={({ target }) => { setTyped((before) => ({ ...before, reason: (target as HTMLInputElement).value })); }}>
          {reasons.map(([value, label]) => <Radios.Item id={value === reasons[0]?.[0] ? 'emergency-reason' : `emergency-${value}`} value={value} key={value}>{label}</Radios.Item>)}
        </Radios>
        {box('explanation', { hint: words.explanationHint })}
        <Button type="submit" warning aria-disabled={opening.isPending}>{opening.isPending ? words.opening : words.open}</Button>
      </form>
    </Page>
  );
}
