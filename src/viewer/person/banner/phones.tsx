import { notRecorded } from '../../format.ts';
import type { Phone } from '../story/who-view.ts';

/** Numbers as they were recorded, to ring or to read out. */
export function Phones({ phones }: { phones: readonly Phone[] }) {
  if (phones.length === 0) return <span className="os-quiet">{notRecorded}</span>;
  return phones.map(({ number, use }, at) => (
    <span className="os-phone" key={number}>{at === 0 ? '' : ', '}<a className="os-nowrap" href={`tel:${number.replaceAll(/[^+\d]/g, '')}`}>{number}</a>{use === undefined ? '' : ` (${use})`}</span>
  ));
}
