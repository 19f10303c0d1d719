import type { VisibleRow } from '../../../store/door.ts';
import type { ComposedCitizen } from '../../../flow/compose-citizens.ts';
import { assembleText } from '../../../flow/assemble.ts';
import type { Asked, Reply } from '../route.ts';

/** One stored version, or 304 when the caller already has it. */
export function replyRow(asked: Asked, row: VisibleRow): Reply {
  return conditional(asked, `W/"${row.version}"`, row.updatedAt, () => assembleText(row));
}

/** A composed Patient: its ETag hashes the versions it was made from. */
export function replyComposed(asked: Asked, { patient, etag }: ComposedCitizen): Reply {
  return conditional(asked, `W/"${etag}"`, new Date(patient.meta?.lastUpdated ?? 0), () => JSON.stringify(patient));
}

/** ETags are compared weakly, as RFC 9110 has it for If-None-Match; `*` matches whatever there is. */
function conditional(asked: Asked, etag: string, lastModified: Date, text: () => string): Reply {
  const headers = { ETag: etag, 'Last-Modified': lastModified.toUTCString() };
  const held = (asked.header('If-None-Match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return held.includes(etag.replace(/^W\//, '')) || held.includes('*') ? { status: 304, headers } : { status: 200, text: text(), headers };
}
