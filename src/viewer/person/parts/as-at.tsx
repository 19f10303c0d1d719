import { createContext, useContext, useState, type FormEvent } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { formatDate } from '../../format.ts';
import { dayFrom, londonToday } from '../../read-day.ts';
import { strings } from '../../strings.ts';
import { Button } from '../../ui/nhs.ts';

const words = strings.person.asAt;

/** The day the record on the screen is told as at, `YYYY-MM-DD`; undefined where it is told as of now. */
export const AsAt = createContext<string | undefined>(undefined);

/** The day in the address, which names nobody; what is no day that has come is none. */
export function useAsAt(): string | undefined {
  const [search] = useSearchParams();
  return dayThatCame(search.get('at') ?? '', new Date());
}

export function dayThatCame(text: string, now: Date): string | undefined {
  const day = dayFrom(text);
  return day === undefined || day > londonToday(now) ? undefined : day;
}

/** Stays on the screen and on paper as long as the record is not told as of now. */
export function AsAtBanner({ citizen }: { citizen: string }) {
  const at = useContext(AsAt);
  if (at === undefined) return null;
  return <div className="os-as-at" role="note" data-as-at><p><strong>{words.heading(formatDate(at))}</strong> {words.says} <Link to={`/person/${citizen}`}>{words.back}</Link></p></div>;
}

/** A box for the day. */
export function AsAtForm({ citizen }: { citizen: string }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const navigate = useNavigate();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const day = dayThatCame(typed, new Date());
    setWrong(day === undefined);
    if (day !== undefined) void navigate(`/person/${citizen}?at=${day}`);
  };
  return (
    <form className="os-as-at-form" noValidate onSubmit={submit}>
      <label htmlFor="as-at">{words.label}</label>
      <span className="os-label" id="as-at-hint">{words.hint}</span>
      <input className="nhsuk-input" id="as-at" type="text" autoComplete="off" value={typed} onChange={({ target }) => { setTyped(target.value); }} aria-invalid={wrong} aria-describedby={wrong ? 'as-at-wrong as-at-hint' : 'as-at-hint'} />
      <Button type="submit" small secondary>{words.show}</Button>
      {wrong ? <span className="nhsuk-error-message" id="as-at-wrong" role="alert">{words.noDay}</span> : null}
    </form>
  );
}

/** Nothing was known then, or it may not be shown: one sentence, as everywhere. */
export function NothingThen({ citizen, at }: { citizen: string; at: string }) {
  return <p>{words.nothing(formatDate(at))} <Link to={`/person/${citizen}`}>{words.back}</Link></p>;
}
