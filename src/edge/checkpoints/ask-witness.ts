import { readSmallText } from './read-small-text.ts';

export interface Witnessing<Witness> {
  known: (witness: Witness) => Promise<number>;
  shown: (known: number, checkpoint: Checkpoint) => Promise<string>;
  /** false: what came is not this witness's signature */
  keep: (witness: Witness, checkpoint: Checkpoint, answer: string) => Promise<boolean>;
}

interface Checkpoint {
  size: number;
  note: string;
}

/** what is under way when the gateway stops must end while it drains */
const timeoutMs = 5_000;

/** `broken`: the witness has seen more of this log than there is, or another one: it was changed, cut or put back from a backup. */
export type Witnessed = { kind: 'signed' } | { kind: 'broken' } | { kind: 'refused'; status: number };

/**
 * Shows a checkpoint to a witness and keeps its signature. A witness that knows another size than was kept here says so (409),
 * and is shown the growth from there, once.
 */
export async function askWitness<Witness extends { url: string }>(services: Witnessing<Witness>, witness: Witness, checkpoint: Checkpoint): Promise<Witnessed> {
  const known = await services.known(witness);
  if (known === checkpoint.size) return { kind: 'signed' };
  let answer = await post(witness.url, await services.shown(known, checkpoint));
  const told = answer.status === 409 ? sizeIn(answer.text) : null;
  if (told !== null && told > checkpoint.size) return { kind: 'broken' };
  if (told !== null) answer = await post(witness.url, await services.shown(told, checkpoint));
  if (answer.status === 422) return { kind: 'broken' };
  const kept = answer.status === 200 && await services.keep(witness, checkpoint, answer.text);
  return kept ? { kind: 'signed' } : { kind: 'refused', status: answer.status };
}

async function post(url: string, body: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs), headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
  return { status: response.status, text: await readSmallText(response) };
}

function sizeIn(text: string): number | null {
  return /^(?:0|[1-9]\d{0,14})\n?$/.test(text) ? Number(text) : null;
}
