import type { ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from '../ui/nhs.ts';
import { genders, type FieldError, type FindField, type FindValues, type Way } from './read-form.ts';

const words = strings.find;

interface Shared {
  values: FindValues;
  errors: readonly FieldError[];
  onChange: (change: Partial<FindValues>) => void;
}

/** Two ways in, each with its own button, so that Enter does what the box it is pressed in is for. */
export function FindForms({ busy, onSubmit, ...shared }: Shared & { busy: boolean; onSubmit: (way: Way) => void }) {
  return (
    <div className="os-find__ways">
      <Form label={words.byNumber} busy={busy} onSubmit={() => onSubmit('number')}>
        <Box field="number" label={words.number} hint={words.numberHint} inputMode="numeric" className="os-input--number" {...shared} />
      </Form>
      <Form label={words.byName} busy={busy} onSubmit={() => onSubmit('name')}>
        <Box field="surname" label={words.surname} className="os-input--surname" {...shared} />
        <BirthDate {...shared} />
        <div className="os-find__more">
          <Box field="given" label={words.given} className="os-input--surname" {...shared} />
          <Gender {...shared} />
        </div>
      </Form>
    </div>
  );
}

function Form({ label, busy, onSubmit, children }: { label: string; busy: boolean; onSubmit: () => void; children: ReactNode }) {
  return (
    <form className="os-find__way" aria-label={label} noValidate autoComplete="off" onSubmit={(event) => { event.preventDefault(); if (!busy) onSubmit(); }}>
      <h2 className="nhsuk-heading-s">{label}</h2>
      {children}
      <Button type="submit" aria-disabled={busy}>{busy ? words.searching : words.search}</Button>
    </form>
  );
}

function errorOf(errors: readonly FieldError[], ...fields: FindField[]): string | undefined {
  return errors.find(({ field }) => fields.includes(field))?.message;
}

function ErrorText({ id, children }: { id: string; children: string }) {
  return <span className="nhsuk-error-message" id={id}><span className="nhsuk-u-visually-hidden">{words.errorPrefix}</span>{children}</span>;
}

function Box({ field, label, hint, inputMode = 'text', className, values, errors, onChange }: Shared & { field: FindField; label: string; hint?: string; inputMode?: 'numeric' | 'text'; className: string }) {
  const id = `find-${field}`;
  const error = errorOf(errors, field);
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  return (
    <div className={`nhsuk-form-group ${error === undefined ? '' : 'nhsuk-form-group--error'}`}>
      <label className="nhsuk-label" htmlFor={id}>{label}</label>
      {hint === undefined ? null : <div className="nhsuk-hint" id={`${id}-hint`}>{hint}</div>}
      {error === undefined ? null : <ErrorText id={`${id}-error`}>{error}</ErrorText>}
      <input
        className={`nhsuk-input ${className} ${error === undefined ? '' : 'nhsuk-input--error'}`} id={id} type="text" inputMode={inputMode} spellCheck={false} autoComplete="off" maxLength={100}
        value={values[field]} onChange={({ target }) => onChange({ [field]: target.value })} aria-invalid={error !== undefined} {...(described !== '' && { 'aria-describedby': described })}
      />
    </div>
  );
}

const parts = [['day', words.day, 2], ['month', words.month, 3], ['year', words.year, 4]] as const;

/** The service manual's date input; the month may be a name. */
function BirthDate({ values, errors, onChange }: Shared) {
  const error = errorOf(errors, 'day', 'month', 'year');
  return (
    <div className={`nhsuk-form-group ${error === undefined ? '' : 'nhsuk-form-group--error'}`}>
      <fieldset className="nhsuk-fieldset" aria-describedby={`find-born-hint${error === undefined ? '' : ' find-born-error'}`}>
        <legend className="nhsuk-fieldset__legend">{words.born}</legend>
        <div className="nhsuk-hint" id="find-born-hint">{words.bornHint}</div>
        {error === undefined ? null : <ErrorText id="find-born-error">{error}</ErrorText>}
        <div className="nhsuk-date-input">
          {parts.map(([field, label, width]) => (
            <div className="nhsuk-date-input__item" key={field}>
              <label className="nhsuk-label nhsuk-date-input__label" htmlFor={`find-${field}`}>{label}</label>
              <input
                className={`nhsuk-input nhsuk-date-input__input nhsuk-input--width-${width} ${errorOf(errors, field) === undefined ? '' : 'nhsuk-input--error'}`} id={`find-${field}`} type="text" inputMode={field === 'month' ? 'text' : 'numeric'}
                autoComplete="off" maxLength={12} value={values[field]} onChange={({ target }) => onChange({ [field]: target.value })} aria-invalid={errorOf(errors, field) !== undefined}
              />
            </div>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

/** May be left out: a record may have another, or none. */
function Gender({ values, onChange }: Shared) {
  return (
    <div className="nhsuk-form-group">
      <label className="nhsuk-label" htmlFor="find-gender">{words.knownGender}</label>
      <select className="nhsuk-select" id="find-gender" value={values.gender} onChange={({ target }) => onChange({ gender: target.value })}>
        <option value="">{words.anyGender}</option>
        {genders.map((gender) => <option key={gender} value={gender}>{words.genders[gender]}</option>)}
      </select>
    </div>
  );
}
