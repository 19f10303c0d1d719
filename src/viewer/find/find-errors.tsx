import { useEffect, useRef } from 'react';
import { strings } from '../strings.ts';
import type { FieldError } from './read-form.ts';

/** The library's error summary without its module: it takes the focus each time a search is refused, and leads to the boxes. */
export function FindErrors({ errors }: { errors: readonly FieldError[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="nhsuk-error-summary" ref={box} tabIndex={-1} data-error-summary>
      <div role="alert">
        <h2 className="nhsuk-error-summary__title">{strings.find.errorTitle}</h2>
        <ul className="nhsuk-list nhsuk-error-summary__list">
          {errors.map(({ field, message }) => (
            <li key={field}><a href={`#find-${field}`} onClick={(event) => { event.preventDefault(); document.getElementById(`find-${field}`)?.focus(); }}>{message}</a></li>
          ))}
        </ul>
      </div>
    </div>
  );
}
