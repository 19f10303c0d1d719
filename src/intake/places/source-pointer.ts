import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import type { RowInput } from '../types.ts';

/**
 * Where in the row as it was sent a place of the tree its map reads is, both as JSON pointers: of records with versions the tree
 * holds those of other rows as well, and resources of a Bundle stand by their type. Undefined: another row said it.
 */
export function sourcePointer(input: RowInput, record: JsonObject, pointer: string): string | undefined {
  const [, version, below = ''] = /^\/person\/versions\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
  if (version !== undefined) return saidAt(record, Number(version)) === input.eventAt ? below : undefined;
  if (!input.entries) return pointer;
  const [, type = '', number = '', within = ''] = /^\/([A-Za-z]+)\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
  const entry = [...input.entries].filter(([key]) => decodeURIComponent(key.split('/')[3] ?? '') === type)[Number(number)]?.[1];
  return entry === undefined ? undefined : `${entry}${within}`;
}

function saidAt({ person }: JsonObject, version: number): string {
  const versions = isJsonObject(person) && Array.isArray(person['versions']) ? person['versions'] : [];
  const found = versions[version];
  return isJsonObject(found) ? textOf(found['at']) : '';
}

/** A path without lists as a pointer. */
export function pointerOfPath(path: string): string {
  return path.split('.').map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
