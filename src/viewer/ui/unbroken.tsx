/** A day as it is written here, with its time where it has one. */
const day = /(\d{2}-[A-Z][a-z]{2}-\d{4}(?: \d{2}:\d{2})?)/;

/** A text whose days stay whole at the end of a line: a hyphen is a place to break, and half a date is misread. */
export function Unbroken({ text }: { text: string }) {
  return text.split(day).map((part, at) => (at % 2 === 0 ? part : <span className="os-nowrap" key={`${at} ${part}`}>{part}</span>));
}
