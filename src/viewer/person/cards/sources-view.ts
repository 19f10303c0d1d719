import { formatDateTime } from '../../format.ts';
import type { Directory } from '../parts/origin.ts';
import { originOf } from '../parts/origin.ts';
import type { ToldEvent } from '../timeline/read-timeline.ts';

/** One system that sends, by what of it is shown here. */
export interface SourceView {
  organisation: string;
  system: string;
  entries: number;
  /** as shown: when the newest of these entries arrived */
  newest: string;
}

/** Where what is shown came from, by organisation and system; each record counts once. */
export function sourcesOf(events: readonly ToldEvent[], directory: Directory): SourceView[] {
  const records = new Map(events.flatMap(({ witnesses }) => witnesses).map((witness) => [witness.record, witness]));
  const groups = Map.groupBy(records.values(), ({ organisation, resource }) => JSON.stringify([organisation, resource ? originOf(resource, directory).system : '']));
  return [...groups].map(([key, held]) => {
    const [organisation = '', system = ''] = JSON.parse(key) as string[];
    return { organisation, system, entries: held.length, newest: formatDateTime(held.map(({ stored }) => stored ?? '').sort().at(-1)) };
  }).sort((a, b) => a.organisation.localeCompare(b.organisation, 'en-GB') || a.system.localeCompare(b.system, 'en-GB'));
}

/** The last good time of a source that a notice names: `Last received from …: 21-Nov-2026 09:12`; undefined where nothing of it is shown. */
export function lastReceivedOf(notice: string, events: readonly ToldEvent[]): { organisation: string; at: string }[] {
  const newest = new Map<string, string>();
  for (const { organisation, stored = '' } of events.flatMap(({ witnesses }) => witnesses)) {
    if (notice.includes(organisation) && stored > (newest.get(organisation) ?? '')) newest.set(organisation, stored);
  }
  return [...newest].map(([organisation, at]) => ({ organisation, at: formatDateTime(at) }));
}
