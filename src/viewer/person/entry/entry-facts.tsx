import { formatDateTime } from '../../format.ts';
import { strings } from '../../strings.ts';
import type { Origin } from '../parts/origin.ts';

const words = strings.person.entry;

/** Who sent an entry, from which of their systems, in which record and row of it. */
export function EntryFacts({ origin: { organisation, system, record, row, recorded } }: { origin: Origin }) {
  const facts = [
    [words.organisation, organisation], [words.system, system], [words.recorded, formatDateTime(recorded)],
    ...(record === undefined ? [] : [[words.record, row === undefined ? record : `${record}, ${words.row(row)}`] as const]),
  ] as const;
  return <dl className="os-facts" data-origin>{facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>;
}
