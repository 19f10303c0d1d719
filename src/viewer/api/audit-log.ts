import { askBlob, askJson, askText } from './ask.ts';

const base = '/audit';
const json = { 'Content-Type': 'application/json' };
/** what comes is no JSON, and the only form there is */
const anyForm = '*/*';

/** GET /audit/{path} as text: a checkpoint, or the keys. */
export function readLog(path: 'checkpoint' | 'keys', signal?: AbortSignal): Promise<string> {
  return askText(`${base}/${path}`, {}, { accept: anyForm, signal });
}

/** POST /audit/checkpoint: one is made now. */
export function makeCheckpoint(): Promise<string> {
  return askText(`${base}/checkpoint`, { method: 'POST', headers: json, body: '{}' }, { accept: anyForm });
}

/** GET /audit/consistency: what shows that the newest checkpoint's log begins with the first `from` entries. */
export async function proofOfGrowth(from: number): Promise<{ checkpoint: string; path: string[] }> {
  const proof = await askJson<{ checkpoint: string; path: string[] }>(`${base}/consistency?from=${from}`, {}, { accept: 'application/json' });
  return proof ?? { checkpoint: '', path: [] };
}

/** GET /audit/entries/{id}/proof, as the gateway writes it: its bytes are what the off-line verifier takes. */
export function proofOfEntry(id: string): Promise<string> {
  return askText(`${base}/entries/${encodeURIComponent(id)}/proof`, {}, { accept: 'application/json' });
}

/** GET /audit/export: every entry up to the newest checkpoint. */
export function exportLog(): Promise<Blob> {
  return askBlob(`${base}/export`, { accept: anyForm });
}
