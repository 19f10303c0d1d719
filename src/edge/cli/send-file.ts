import { createHash } from 'node:crypto';
import type { Problem } from '../../fhir/problem.ts';
import { askGateway, type CallOptions, type GatewayCall } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';

const pieceBytes = 1024 * 1024;
const tus = { 'Tus-Resumable': '1.0.0' };

export interface SentFile {
  /** below the gateway's address */
  taskPath: string;
}

interface Sending {
  feed: string;
  part: string;
  bytes: Buffer;
  /** go on where an earlier attempt stopped; otherwise begin anew */
  resume: boolean;
  /** bytes the gateway has */
  progress: (sent: number) => void;
}

/** Sends a file in pieces (tus 1.0.0). One that breaks off is sent again from where the gateway has it. */
export async function sendFile(context: CliContext, options: CallOptions, sending: Sending): Promise<SentFile | { problems: Problem[] }> {
  const begun = await begin(context, options, sending);
  if ('problems' in begun) return begun;
  let { path, offset, taskPath } = begun;
  if (offset > 0 && taskPath === null && !sending.resume) {
    const ended = await askGateway(context, options, { method: 'DELETE', path, headers: tus });
    if ('problems' in ended) return ended;
    const again = await begin(context, options, sending);
    if ('problems' in again) return again;
    ({ path, offset, taskPath } = again);
  }
  sending.progress(offset);
  while (taskPath === null) {
    const sent = await sendPiece(context, options, sending, path, offset);
    if ('problems' in sent) return sent;
    ({ offset, taskPath } = sent);
    sending.progress(offset);
  }
  return { taskPath };
}

async function begin(context: CliContext, options: CallOptions, { feed, part, bytes }: Sending): Promise<{ path: string; offset: number; taskPath: string | null } | { problems: Problem[] }> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const metadata = [['sha256', sha256], ...(part === '' ? [] : [['part', part]])].map(([key, value = '']) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
  const asked = await askGateway(context, options, {
    method: 'POST', path: `/intake/${encodeURIComponent(feed)}/uploads`, headers: { ...tus, 'Upload-Length': String(bytes.byteLength), 'Upload-Metadata': metadata },
  });
  if ('problems' in asked) return asked;
  const path = URL.parse(asked.response.headers.get('Location') ?? '')?.pathname;
  return path === undefined ? { problems: [broken] } : { path, ...stateOf(asked.response) };
}

/** A piece whose answer was lost may have been kept: the gateway says where it stands. */
async function sendPiece(context: CliContext, options: CallOptions, { bytes }: Sending, path: string, offset: number): Promise<{ offset: number; taskPath: string | null } | { problems: Problem[] }> {
  const piece: GatewayCall = {
    method: 'PATCH', path, headers: { ...tus, 'Upload-Offset': String(offset) },
    body: { type: 'application/offset+octet-stream', text: new Uint8Array(bytes.subarray(offset, offset + pieceBytes)) },
  };
  const sent = await askGateway(context, options, piece);
  if ('response' in sent) return stateOf(sent.response);
  if (sent.status !== 0 && sent.status !== 409 && sent.status < 500) return sent;
  const stands = await askGateway(context, options, { method: 'HEAD', path, headers: tus });
  if ('problems' in stands) return sent;
  const state = stateOf(stands.response);
  return state.offset === offset && state.taskPath === null ? sent : state;
}

function stateOf({ headers }: Response): { offset: number; taskPath: string | null } {
  return { offset: Number(headers.get('Upload-Offset') ?? 0), taskPath: URL.parse(headers.get('Content-Location') ?? '')?.pathname ?? null };
}

const broken: Problem = { category: 'unavailable', code: 'gateway-answer-unknown', text: 'The gateway did not say where to send the file.', fix: 'Check --base.' };
