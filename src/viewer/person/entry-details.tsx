import type { Detail } from './describe-resource.ts';

/** Labelled values of any entry; groups stand in. */
export function EntryDetails({ details }: { details: readonly Detail[] }) {
  return (
    <dl className="os-details">
      {details.map((detail, at) => (
        <div className={'value' in detail ? undefined : 'os-details__group'} key={`${detail.label}-${at}`}>
          <dt>{detail.label}</dt>
          <dd>{'value' in detail ? detail.value : <EntryDetails details={detail.details} />}</dd>
        </div>
      ))}
    </dl>
  );
}
