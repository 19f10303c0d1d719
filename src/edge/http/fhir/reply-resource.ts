import type { VisibleRow } from '../../../store/door/door.ts';
import type { ComposedCitizen } from '../../../flow/compose-citizens.ts';
import { assembleText } from '../../../flow/assemble.ts';
import type { Asked, Reply } from '../route.ts';

/**
 * One stored version, or 304 when the caller already has it. What is kept apart from it is of no version: where some of it goes
 * along, the caller may see it only since, and gets it whole.
 */
export function replyRow(asked: Asked, row: VisibleRow): Reply {
  const etag = `W/"${row.version}"`;
  const headers = { ETag: etag, 'Last-Modified': row.updatedAt.toUTCString() };
  return row.fragments === null && (holds(asked, etag) ?? notModifiedSince(asked, row.updatedAt)) ? { status: 304, headers } : { status: 200, text: assembleText(row), headers };
}

/**
 * A composed Patient: its ETag hashes the versions it was made from. When it was last changed says less than that: a source
 * the caller may see since yesterday may be years old, so If-Modified-Since is not answered by it.
 */
export function replyComposed(asked: Asked, { patient, etag }: ComposedCitizen): Reply {
  const headers = { ETag: `W/"${etag}"`, 'Last-Modified': new Date(patient.meta?.lastUpdated ?? 0).toUTCString() };
  return holds(asked, headers.ETag) ? { status: 304, headers } : { status: 200, text: JSON.stringify(patient), headers };
}

/** ETags are compared weakly, as RFC 9110 has it for If-None-Match; `*` matches whatever there is. Undefined: nothing was said. */
export function holds(asked: Asked, etag: string): boolean | undefined {
  const header = asked.header('If-None-Match');
  const held = header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return held && (held.includes(etag.replace(/^W\//, '')) || held.includes('*'));
}

/** To the second, as HTTP dates are; a date that is none is passed over (RFC 9110 13.1.3). */
function notModifiedSince(asked: Asked, changed: Date): boolean {
  const since = Date.parse(asked.header('If-Modified-Since') ?? '');
  return Math.floor(changed.getTime() / 1000) * 1000 <= since;
}
