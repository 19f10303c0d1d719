import { createHash } from 'node:crypto';
import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { asOfKey } from '../../intake/fold-keys.ts';
import type { FoldState } from '../../intake/types.ts';
import { ownName } from './name-resource.ts';
import type { MappedRow } from './read-and-map.ts';

/**
 * Of rows that say all there is, the newest counts: what a row says of a record that a newer row spoke of already is set
 * aside, whatever order they arrive in. Of two of the same instant the one that arrives last counts: its sender corrects itself.
 * `eventAt`: of when the row is; `known`: of when each record of the person is, by the record's name, hashed.
 */
export function setOlderAside(mapped: MappedRow, eventAt: string, known: FoldState = {}): MappedRow {
  const { row, resources } = mapped;
  const state: FoldState = { ...known };
  const older = new Set<JsonObject>();
  for (const resource of resources) {
    const name = hashedName(resource, mapped.feed.partner.identifierBase);
    if (name === undefined) continue;
    if ((known[name]?.at ?? '') > eventAt) older.add(resource);
    else state[name] = { v: null, at: eventAt, by: '' };
  }
  return {
    ...mapped, resources: resources.filter((resource) => !older.has(resource)), older: [...older],
    folds: [{ feed: row.feed, personKey: row.personKey, foldKey: asOfKey(row.personKey), state }],
    warnings: older.size === 0 ? mapped.warnings : [...mapped.warnings, { ...olderThanKnown, at: { row: row.row, line: row.line } }],
  };
}

/** Short, because a person's records are kept in one state; among those of one person 72 bits do not meet. */
function hashedName(resource: JsonObject, identifierBase: string): string | undefined {
  const own = ownName(resource, identifierBase);
  return own && createHash('sha256').update(JSON.stringify([own.type, own.system, own.value])).digest('base64url').slice(0, 12);
}

const olderThanKnown: Problem = {
  category: 'unprocessable', severity: 'information', code: 'older-than-known', text: 'Something newer is known of what this row says; it was not replaced.',
  fix: 'Nothing to do, unless the date the row is of is wrong.',
};
