import { phoneParts } from './phone-parts.ts';

/** A line as it is told, with its phone numbers to tap. */
export function PhoneText({ text }: { text: string }) {
  return phoneParts(text).map(({ text: part, number }, at) => (number === undefined ? part : <a className="os-nowrap" href={`tel:${number}`} key={`${at} ${part}`}>{part}</a>));
}
