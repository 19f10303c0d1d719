import { read } from '../../api/fhir.ts';

/** Set on the document while it may be put on paper: the style sheet hides the record from any other print. */
const allowed = 'data-may-print';

/** Puts the record on paper, once that is written down; throws where it could not be. `at`: as at a day. */
export async function printRecord(citizen: string, at: string | undefined): Promise<void> {
  await read(`Patient/${citizen}/$story?${new URLSearchParams({ ...(at !== undefined && { at }), print: 'true' }).toString()}`);
  const root = document.documentElement;
  root.setAttribute(allowed, '');
  window.addEventListener('afterprint', () => { root.removeAttribute(allowed); }, { once: true });
  window.print();
}
