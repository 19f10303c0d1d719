import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import type { Origin } from './origin.ts';

const words = strings.person.timeline;

/** Who says so: organisation, system, and when it arrived here. */
export function OriginLine({ origin: { organisation, system, recorded } }: { origin: Origin }) {
  return <p className="os-origin">{organisation} · {system} · {words.recorded} {formatDateTime(recorded)}</p>;
}
