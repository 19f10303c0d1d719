import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import type { BannerView } from './banner-view.ts';

const words = strings.person;

/** On paper only, and on every sheet of it: whose record it is, who printed it, for whom, and when. */
export function PrintLine({ banner: { name, born, nhsNumber }, session }: { banner: BannerView; session: SignedIn }) {
  const [when, setWhen] = useState(() => new Date());
  useEffect(() => {
    const note = (): void => { flushSync(() => { setWhen(new Date()); }); }; // the sheet is drawn as soon as this returns
    window.addEventListener('beforeprint', note);
    return () => { window.removeEventListener('beforeprint', note); };
  }, []);
  return (
    <div className="os-print-line" aria-hidden="true" data-print-line>
      <p><strong>{name}</strong> {words.banner.born} {born} {words.banner.nhs} {nhsNumber}</p>
      <p>{words.print.by(session.person.name, session.organisationName, formatDateTime(when.toISOString()))}. {words.print.keep}</p>
    </div>
  );
}
