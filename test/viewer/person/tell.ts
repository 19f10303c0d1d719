import type { Bundle, Patient, Resource } from '@medplum/fhirtypes';
import { programmeOf } from '../../../src/fhir/programmes.ts';
import { composePatient } from '../../../src/story/compose-patient.ts';
import { composeTimeline } from '../../../src/story/compose-timeline.ts';
import { findEvents } from '../../../src/story/events.ts';
import { episodesByRequest, standingOf } from '../../../src/story/lanes.ts';
import { findThreads } from '../../../src/story/threads.ts';
import { storyDocument } from '../../../src/story/story-document.ts';
import type { Confirmation } from '../../../src/story/story-facts.ts';
import type { StoryRow } from '../../../src/story/story-row.ts';
import { readTimeline, type ToldTimeline } from '../../../src/viewer/person/timeline/read-timeline.ts';
import { shippedStoryRule } from '../../story/shipped-story-rule.ts';
import { now, recorded } from './people.ts';

/** What the gateway tells of records, made by what makes it there: the viewer is tried on its real answers. */

const rule = shippedStoryRule();
const names: Readonly<Record<string, string>> = { council: 'Birmingham City Council', community: 'Birmingham Community Healthcare', hospital: 'University Hospitals Birmingham' };
const switchboards: Readonly<Record<string, string[]>> = { 'Organization/council': ['0121 496 0400'] };
const partners: Readonly<Record<string, string>> = { E08000025: 'council', RYW: 'community', RRK: 'hospital' };

export function rowOf(resource: Resource): StoryRow {
  const { system = '', code = '' } = resource.meta?.tag?.[0] ?? {};
  const partner = partners[code] ?? '';
  return { id: resource.id ?? '', type: resource.resourceType, version: Number(resource.meta?.versionId ?? 1), custodian: `${system}|${code}`, custodianName: names[partner] ?? '', custodianReference: `Organization/${partner}`, updatedAt: recorded, resource };
}

/** As $timeline answers: its List, then the records. */
export function timelineBundle(...resources: Resource[]): Bundle {
  const events = findEvents(resources.map(rowOf), [], rule);
  const episodes = episodesByRequest(events);
  const threads = findThreads(events);
  const lines = events.map((event) => {
    const standing = standingOf(event, episodes, rule, now);
    return { event, thread: threads.get(event.key)?.key ?? event.key, ...(standing && { standing }) };
  });
  const { list } = composeTimeline({ citizen: 'alice', lines, rule, names: new Map(Object.entries(names).map(([id, name]) => [`Organization/${id}`, name])), cut: false });
  return { resourceType: 'Bundle', type: 'searchset', entry: [list, ...resources].map((resource) => ({ resource })) };
}

export function told(...resources: Resource[]): ToldTimeline {
  return readTimeline([timelineBundle(...resources)]);
}

/** As $story answers: the document. `people` are source Patients. */
export function storyBundle(people: readonly Resource[], resources: readonly Resource[], confirmations: Confirmation[] = [], older: readonly Resource[] = []): Bundle {
  const [sources, rows, earlier] = [people.map(rowOf), resources.map(rowOf), older.map(rowOf)];
  const { patient, provenance } = composePatient({ citizen: 'alice', sources: sources.map((row) => ({ ...row, resource: row.resource as Patient })) });
  const { composition, provenance: said, cited } = storyDocument({ citizen: 'alice', patient, provenance, people: sources, rows, earlier, events: findEvents(rows, [], rule), rule, confirmations, programmeOf, phonesOf: (organisation) => switchboards[organisation ?? ''] ?? [], outOfHoursOf: () => [], notices: [{ kind: 'notice', text: 'Told here is what may be seen.' }], now }, 'http://gateway/fhir');
  const entry = [...[composition, ...said].map((resource) => ({ fullUrl: `urn:uuid:${resource.id}`, resource })), ...cited.map(({ type, id, resource }) => ({ fullUrl: `http://gateway/fhir/${type}/${id}`, resource }))];
  return { resourceType: 'Bundle', type: 'document', entry };
}
