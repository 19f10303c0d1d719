import { Link } from 'react-router';
import type { Detail } from './describe-resource.ts';

/** Labelled values of any entry; groups stand in, and other entries of the record can be gone to. */
export function EntryDetails({ details, citizen }: { details: readonly Detail[]; citizen: string }) {
  return (
    <dl className="os-details">
      {details.map((detail, at) => (
        <div className={'value' in detail ? undefined : 'os-details__group'} key={`${detail.label}-${at}`}>
          <dt>{detail.label}</dt>
          <dd>{'details' in detail ? <EntryDetails details={detail.details} citizen={citizen} /> : detail.reference === undefined ? detail.value : <Link to={`/person/${citizen}/${detail.reference}`}>{detail.value}</Link>}</dd>
        </div>
      ))}
    </dl>
  );
}
