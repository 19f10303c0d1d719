import type { BundleEntry } from '@medplum/fhirtypes';
import { ignoredNotice, incompleteNotice, narrowNotice, uncountedNotice, unlistedNotice, withheldNotice } from '../../../fhir/notices.ts';
import type { UnlistedCodes } from '../../../fhir/unlisted-codes.ts';
import { assembleText } from '../../../flow/assemble.ts';
import type { Released } from '../../../flow/release-records.ts';
import type { Timeline } from '../../../flow/story/release-timeline.ts';
import type { VisibleRow } from '../../../store/door/door.ts';

export interface BundleLinks {
  self: string;
  next?: string;
}

/** JSON text of one entry; stored resources go in as the text they are. */
function entryText(base: string, type: string, id: string, text: string, mode: 'match' | 'include'): string {
  return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},"resource":${text},"search":{"mode":"${mode}"}}`;
}

function rowEntry(base: string, row: VisibleRow, mode: 'match' | 'include'): string {
  return entryText(base, row.type, row.id, assembleText(row), mode);
}

/** A searchset as JSON text, put together from texts: what was stored is sent as it was stored. */
export function searchsetText(base: string, released: Released, links: BundleLinks, options: { composed: boolean; provenance?: boolean; ignored?: readonly string[]; unlisted?: readonly UnlistedCodes[]; uncounted?: boolean }): string {
  const notices = [...noticesOf(released), ...(options.ignored && options.ignored.length > 0 ? [ignoredNotice(options.ignored)] : []), ...(options.unlisted && options.unlisted.length > 0 ? [unlistedNotice(options.unlisted)] : []), ...(options.uncounted ? [uncountedNotice()] : []), ...(released.narrow ? [narrowNotice(released.narrow)] : [])];
  const entries = [
    ...(options.composed ? released.composed.map(({ citizen, patient }) => entryText(base, 'Patient', citizen, JSON.stringify(patient), 'match')) : []),
    ...released.rows.map((row) => rowEntry(base, row, 'match')),
    ...released.places.map((row) => rowEntry(base, row, 'include')),
    ...released.included.composed.map(({ citizen, patient }) => entryText(base, 'Patient', citizen, JSON.stringify(patient), 'include')),
    ...released.included.rows.map((row) => rowEntry(base, row, 'include')),
    ...(options.provenance === true ? provenanceEntries(released) : []),
    ...notices.map((notice) => JSON.stringify(notice)),
  ];
  return bundleText('searchset', released.total, links, entries);
}

/** What was kept back, and what has not arrived. */
function noticesOf(released: Released): BundleEntry[] {
  return [
    ...(released.notice === 'none' ? [] : [withheldNotice(released.notice === 'generic' ? [] : released.notice.organisations)]),
    ...(released.incomplete.length > 0 ? [incompleteNotice(released.incomplete)] : []),
  ];
}

/** A page of a timeline: the List, the records its entries point at, then the other witnesses, who said what, and on page one the person. */
export function timelineText(base: string, released: Released & Timeline, links: BundleLinks, first: boolean): string {
  const { list, provenance, leading, rows, places, composed } = released;
  return bundleText('searchset', undefined, links, [
    entryText(base, 'List', list.id ?? '', JSON.stringify(list), 'match'),
    ...rows.filter(({ id }) => leading.has(id)).map((row) => rowEntry(base, row, 'match')),
    ...rows.filter(({ id }) => !leading.has(id)).map((row) => rowEntry(base, row, 'include')),
    ...provenance.map((each) => `{"resource":${JSON.stringify(each)},"search":{"mode":"include"}}`),
    ...(first ? composed.map(({ citizen, patient }) => entryText(base, 'Patient', citizen, JSON.stringify(patient), 'include')) : []),
    ...places.map((row) => rowEntry(base, row, 'include')),
    ...noticesOf(released).map((notice) => JSON.stringify(notice)),
  ]);
}

/** References to documents, none of which has an address of its own. */
export function documentsText(released: Released & { documents: readonly { id: string }[] }, self: string): string {
  const { documents } = released;
  return bundleText('searchset', documents.length, { self }, [
    ...documents.map((each) => `{"fullUrl":"urn:uuid:${each.id}","resource":${JSON.stringify(each)},"search":{"mode":"match"}}`), ...noticesOf(released).map((notice) => JSON.stringify(notice)),
  ]);
}

/** Who said which element of a composed Patient. */
function provenanceEntries(released: Released): string[] {
  return released.composed.flatMap(({ provenance }) => provenance.map((each) => `{"resource":${JSON.stringify(each)},"search":{"mode":"include"}}`));
}

/** Versions, newest first, each with the request that made it; of one that ended there is nothing but that. */
export function historyText(base: string, released: Released, links: BundleLinks): string {
  return bundleText('history', undefined, links, released.rows.map((row) => {
    const url = `${row.type}/${row.id}`;
    const [method, status] = row.deleted ? ['DELETE', 204] : row.version === 1 ? ['POST', 201] : ['PUT', 200];
    return `{"fullUrl":${JSON.stringify(`${base}/${url}`)},${row.deleted ? '' : `"resource":${assembleText(row)},`}"request":{"method":"${method}","url":"${url}"},`
      + `"response":{"status":"${status}","etag":"W/\\"${row.version}\\"","lastModified":"${row.updatedAt.toISOString()}"}}`;
  }));
}

function bundleText(type: string, total: number | undefined, { self, next }: BundleLinks, entries: readonly string[]): string {
  const link = [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])];
  return `{"resourceType":"Bundle","type":"${type}"${total === undefined ? '' : `,"total":${total}`},"link":${JSON.stringify(link)}`
    + `${entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`}}`;
}
