import { Unbroken } from '../../ui/unbroken.tsx';
import { phoneParts } from './phone-parts.ts';

/** A line as it is told, with its phone numbers to tap and its days whole. */
export function PhoneText({ text }: { text: string }) {
  return phoneParts(text).map(({ text: part, number }, at) => (number === undefined ? <Unbroken text={part} key={`${at} ${part}`} /> : <a className="os-nowrap" href={`tel:${number}`} key={`${at} ${part}`}>{part}</a>));
}
