/** What docs/verify-audit.mjs offers beside its command: see there. */
export interface Report {
  findings: { code: string; text: string }[];
  notes: string[];
}
declare const keys: unique symbol;
export type Keys = { readonly [keys]: true };

declare const witnesses: unique symbol;
export type Witnesses = { readonly [witnesses]: true };

export function readKeys(text: string): Keys | null;
export function readWitnesses(text: string): Witnesses | null;
export function verifyLog(lines: Iterable<string> | AsyncIterable<string>, checkpointNotes: readonly string[], keys?: Keys | null, witnesses?: Witnesses | null): Promise<Report>;
export function verifyEntry(proofText: string, checkpointNote?: string | null, keys?: Keys | null, witnesses?: Witnesses | null): Promise<Report>;
export function verifyGrowth(proofText: string, checkpointNote: string, keys?: Keys | null, witnesses?: Witnesses | null): Promise<Report>;
export function linesOf(path: string): AsyncGenerator<string>;
