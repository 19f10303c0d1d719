import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useParams } from 'react-router';
import type { SignedIn } from '../../api/session.ts';
import { formatDateTime } from '../../format.ts';
import { strings } from '../../strings.ts';
import { useAsAt } from '../parts/as-at.tsx';
import type { BannerView } from './banner-view.ts';
import { printRecord } from './print-record.ts';
import { isId } from '../parts/use-directory.ts';

const words = strings.person;

/** On paper only, and on every sheet of it: whose record it is, who printed it, for whom, and when. A print that is not written down has none of the record on it. */
export function PrintLine({ banner: { name, born, nhsNumber }, session }: { banner: BannerView; session: SignedIn }) {
  const { citizen } = useParams();
  const at = useAsAt();
  const [when, setWhen] = useState(() => new Date());
  useEffect(() => {
    const note = (): void => { flushSync(() => { setWhen(new Date()); }); }; // the sheet is drawn as soon as this returns
    const byKeyboard = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'p' || !isId(citizen)) return;
      event.preventDefault();
      void printRecord(citizen, at).catch(() => {}); // nothing is printed; the button says why
    };
    window.addEventListener('beforeprint', note);
    window.addEventListener('keydown', byKeyboard);
    return () => {
      window.removeEventListener('beforeprint', note);
      window.removeEventListener('keydown', byKeyboard);
    };
  }, [citizen, at]);
  return (
    <>
      <p className="os-print-not" aria-hidden="true">{words.print.not}</p>
      <div className="os-print-line" aria-hidden="true" data-print-line>
      <p><strong>{name}</strong> {words.banner.born} {born} {words.banner.nhs} {nhsNumber}</p>
      <p>{words.print.by(session.person.name, session.organisationName, formatDateTime(when.toISOString()))}. {words.print.keep}</p>
      </div>
    </>
  );
}
