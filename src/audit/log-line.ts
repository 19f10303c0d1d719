import { canonicalJson } from '../fhir/canonical-json.ts';
import type { Leaf } from './leaf.ts';

/** An entry as the log keeps it. Text and salt are both null once its content is erased. */
export interface LoggedEntry extends Leaf {
  /** canonical JSON */
  text: string | null;
  salt: Uint8Array | null;
  /** by what it is found otherwise than it says, in alphabetical order; absent: by nothing */
  found?: readonly string[];
  /** its content is kept from whoever the line is for; text and salt are null */
  apart?: true;
}

/** One line of an export: canonical JSON (RFC 8785) of leaf, entry and salt, so that a line can be written in one way only. An entry that is found by other things than it says names them. */
export function logLineOf({ seq, at, commitment, text, salt, found = [], apart }: LoggedEntry): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const salted = salt === null ? 'null' : canonicalJson(hex(salt));
  const other = found.length === 0 ? '' : `"found":${canonicalJson(found)},`;
  return `{${apart ? '"apart":true,' : ''}"at":${canonicalJson(at)},"commitment":"${hex(commitment)}","entry":${text ?? 'null'},${other}"salt":${salted},"seq":${seq}}`;
}
