import { createHash } from 'node:crypto';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Database } from '../../store/database.ts';
import { appendPiece, beginUpload, endUpload, findUpload, finishUpload, readPieces, type Upload } from '../../store/intake/uploads.ts';
import type { RequestFacts } from '../release-context.ts';

/** Uploads a client may have open at once; what a day has not moved is forgotten. */
const limits = { open: 10, keepSeconds: 24 * 3600 };

export interface UploadContext {
  database: Database;
  newId: () => string;
  /** the same intake as for a file sent at once */
  accept: (requester: Requester, received: { feed: string; part: string; bytes: Uint8Array }, request: RequestFacts) => Promise<{ taskId: string }>;
}

/** Begins a file of `length` bytes, or goes on with the same one begun before. Refused: too many begun by this client. */
export async function startUpload(context: UploadContext, requester: Requester, file: { feed: string; part: string; length: number; sha256: Buffer }): Promise<Upload> {
  const upload = await beginUpload(context.database, { ...file, id: context.newId(), client: requester.client }, limits);
  if (!upload) throw new Refusal(tooMany);
  return upload;
}

/** Where an upload stands. One whose last piece was kept and whose intake was interrupted is taken in now. */
export async function readUpload(context: UploadContext, requester: Requester, asked: { feed: string; id: string }, request: RequestFacts): Promise<Upload> {
  const upload = await findUpload(context.database, asked.id, requester.client);
  if (!upload || upload.feed !== asked.feed) throw new Refusal(unknown);
  return finishIfWhole(context, requester, upload, request);
}

/** Keeps the next piece. With the last one the file's hash is checked and it is taken in: then it has a Task. */
export async function continueUpload(
  context: UploadContext, requester: Requester, piece: { feed: string; id: string; offset: number; content: Uint8Array }, request: RequestFacts,
): Promise<Upload> {
  await readUpload(context, requester, piece, request);
  const appended = await appendPiece(context.database, { ...piece, client: requester.client }, limits.keepSeconds);
  if (!appended) throw new Refusal(unknown);
  if (!appended.kept) throw new Refusal(appended.upload.offset === piece.offset ? tooLong : elsewhere(appended.upload.offset));
  return finishIfWhole(context, requester, appended.upload, request);
}

/** Forgets an upload that is not wanted any more. */
export async function cancelUpload(context: UploadContext, requester: Requester, asked: { feed: string; id: string }): Promise<void> {
  const upload = await findUpload(context.database, asked.id, requester.client);
  if (!upload || upload.feed !== asked.feed) throw new Refusal(unknown);
  await endUpload(context.database, asked.id, requester.client);
}

/** The same bytes give the same Task, so an intake cut short before it was remembered is simply done again. */
async function finishIfWhole(context: UploadContext, requester: Requester, upload: Upload, request: RequestFacts): Promise<Upload> {
  if (upload.taskId !== null || upload.offset < upload.length) return upload;
  const bytes = await readPieces(context.database, upload.id);
  if (!createHash('sha256').update(bytes).digest().equals(upload.sha256)) {
    const now = await findUpload(context.database, upload.id, requester.client);
    if (now && now.taskId !== null) return now; // taken in meanwhile, and its pieces let go
    await endUpload(context.database, upload.id, requester.client);
    throw new Refusal(hashDiffers);
  }
  const { taskId } = await context.accept(requester, { feed: upload.feed, part: upload.part, bytes }, request);
  await finishUpload(context.database, upload.id, taskId);
  return { ...upload, taskId };
}

const tooMany: Problem = {
  category: 'throttled', code: 'uploads-too-many', text: 'This client has too many unfinished uploads.', expected: `at most ${limits.open}`, fix: 'Finish or delete one of them first.', retryAfter: 60,
};
const unknown: Problem = {
  category: 'not-found', code: 'upload-unknown', text: 'There is no such upload, or it was not continued for a day.', fix: 'Begin it again: what was taken in already is known by its hash.',
};
const tooLong: Problem = { category: 'too-large', code: 'upload-too-long', text: 'The piece reaches beyond the length the upload was begun with.' };
const hashDiffers: Problem = {
  category: 'unprocessable', code: 'upload-hash-differs', text: 'The file that arrived is not the one that was announced: its SHA-256 differs. Nothing of it was kept.', fix: 'Begin the upload again.',
};
function elsewhere(offset: number): Problem {
  return { category: 'conflict', code: 'upload-offset-differs', text: 'The piece does not begin where the upload stands.', expected: `Upload-Offset: ${offset}`, fix: 'Ask where it stands with HEAD, and go on from there.' };
}
