import type { Router } from 'express';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { RequestFacts } from '../../flow/release-context.ts';
import { checkContentType } from './check-content-type.ts';
import { route, type Asked, type Reply, type RouteFacts, type RouteServices } from './route.ts';

/** Where an upload stands, as these routes tell it. */
export interface UploadState {
  id: string;
  length: number;
  offset: number;
  endsAt: Date;
  taskId: string | null;
}

export interface UploadServices extends RouteServices {
  /** of the FHIR API: where Tasks are */
  base: string;
  /** null: no such feed or part */
  intakeLimit: (feed: string, part: string) => number | null;
  uploads: {
    start: (requester: Requester, file: { feed: string; part: string; length: number; sha256: Buffer }) => Promise<UploadState>;
    read: (requester: Requester, asked: { feed: string; id: string }, request: RequestFacts) => Promise<UploadState>;
    continue: (requester: Requester, piece: { feed: string; id: string; offset: number; content: Uint8Array }, request: RequestFacts) => Promise<UploadState>;
    cancel: (requester: Requester, asked: { feed: string; id: string }) => Promise<void>;
  };
}

const version = '1.0.0';
/** a larger piece would have to be sent again as a whole */
const longestPiece = 8 * 1024 ** 2;
const longestInteger = /^\d{1,15}$/;

/**
 * `/intake/{feed}/uploads`: files in pieces by tus 1.0.0 (https://tus.io/protocols/resumable-upload), core with creation,
 * expiration and termination. Upload-Metadata names the SHA-256 of the whole file, and its part where the feed has several.
 * The answer to the last piece says where the Task is, as POST /intake/{feed} does.
 */
export function addUploadRoutes(router: Router, services: UploadServices, permit: RouteFacts['permit']): void {
  const facts = { interaction: 'intake', pattern: 'intake/{feed}/uploads' };
  const checked = (requester: Requester, asked: Asked): Problem | null => permit(requester, asked) ?? (asked.header('Tus-Resumable') === version ? null : versionUnsupported);
  const one = { ...facts, pattern: 'intake/{feed}/uploads/{id}', permit: checked, allow: 'HEAD, PATCH, DELETE, OPTIONS' };
  router.options(['/:feed/uploads', '/:feed/uploads/:id'], route(services, { ...facts, permit }, () => Promise.resolve({ status: 204, headers: { ...tus, 'Tus-Version': version, 'Tus-Extension': 'creation,expiration,termination' } })));
  router.post('/:feed/uploads', route(services, { ...facts, permit: checked }, (asked) => create(services, asked)));
  router.head('/:feed/uploads/:id', route(services, one, async (asked) => ({ status: 200, ...stateOf(services, await services.uploads.read(asked.requester, named(asked), asked.request)) })));
  router.patch('/:feed/uploads/:id', route(services, one, (asked) => append(services, asked)));
  router.delete('/:feed/uploads/:id', route(services, one, async (asked) => {
    await services.uploads.cancel(asked.requester, named(asked));
    return { status: 204, headers: tus };
  }));
  router.all(['/:feed/uploads', '/:feed/uploads/:id'], route(services, { ...one, permit: () => methodUnsupported }, () => Promise.reject(new Error('a method that is refused'))));
}

const tus = { 'Tus-Resumable': version };

async function create(services: UploadServices, asked: Asked): Promise<Reply> {
  const { feed = '' } = asked.params;
  const metadata = readMetadata(asked.header('Upload-Metadata') ?? '');
  const part = metadata.get('part') ?? '';
  const limit = services.intakeLimit(feed, part);
  if (limit === null) throw new Refusal({ category: 'not-found', code: 'part-unknown', text: 'This feed has no such part.' });
  const length = readInteger(asked.header('Upload-Length'), 'Upload-Length');
  if (length === 0) throw new Refusal({ category: 'malformed', code: 'source-empty', text: 'There are no bytes to take in.' });
  if (length > limit) {
    throw new Refusal({ category: 'too-large', code: 'body-too-large', text: 'The file is larger than this feed may send.', expected: `at most ${limit} bytes`, fix: 'Send it in several files.' });
  }
  const sha256 = metadata.get('sha256') ?? '';
  if (!/^[0-9a-f]{64}$/i.test(sha256)) throw new Refusal(hashMissing);
  const upload = await services.uploads.start(asked.requester, { feed, part, length, sha256: Buffer.from(sha256, 'hex') });
  const state = stateOf(services, upload);
  return { status: 201, headers: { ...state.headers, Location: `${services.base.replace(/\/fhir$/, '')}/intake/${feed}/uploads/${upload.id}` } };
}

async function append(services: UploadServices, asked: Asked): Promise<Reply> {
  const wrongType = checkContentType(asked.header('Content-Type'), ['application/offset+octet-stream']);
  if (wrongType) throw new Refusal(wrongType);
  const offset = readInteger(asked.header('Upload-Offset'), 'Upload-Offset');
  const content = await asked.body(longestPiece);
  const upload = await services.uploads.continue(asked.requester, { ...named(asked), offset, content }, asked.request);
  return { status: 204, ...stateOf(services, upload) };
}

function stateOf({ base }: UploadServices, { length, offset, endsAt, taskId }: UploadState): { headers: Record<string, string> } {
  return { headers: {
    ...tus, 'Upload-Offset': String(offset), 'Upload-Length': String(length), ...(taskId === null ? { 'Upload-Expires': endsAt.toUTCString() } : { 'Content-Location': `${base}/Task/${taskId}` }),
  } };
}

function named({ params }: Asked): { feed: string; id: string } {
  const { feed = '', id = '' } = params;
  // the database would not take another form for an id
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Refusal({ category: 'not-found', code: 'upload-unknown', text: 'There is no such upload.' });
  return { feed, id };
}

/** `part Y2xpZW50,sha256 ZGVhZGJlZWY=`: keys with their values in base64. */
function readMetadata(header: string): Map<string, string> {
  return new Map(header.split(',').slice(0, 10).map((entry) => {
    const [key = '', value = ''] = entry.trim().split(' ');
    return [key, Buffer.from(value, 'base64').toString('utf8')] as const;
  }));
}

function readInteger(text: string | undefined, field: string): number {
  if (text !== undefined && longestInteger.test(text)) return Number(text);
  throw new Refusal({ category: 'malformed', code: 'upload-header-invalid', text: `${field} is missing or is not a whole number.`, at: { field }, expected: 'a number of bytes' });
}

const versionUnsupported: Problem = {
  category: 'precondition', code: 'upload-version-unsupported', text: 'Uploads in pieces follow tus 1.0.0.', at: { field: 'Tus-Resumable' }, expected: `Tus-Resumable: ${version}`,
};
const hashMissing: Problem = {
  category: 'invalid', code: 'upload-hash-missing', text: 'The SHA-256 of the whole file must be announced, so that it can be checked.', at: { field: 'Upload-Metadata' }, expected: 'sha256 with 64 hexadecimal digits, in base64',
};
const methodUnsupported: Problem = { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This address does not take this method.', expected: 'POST to begin; HEAD, PATCH or DELETE afterwards' };
