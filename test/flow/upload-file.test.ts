import { createHash, randomUUID } from 'node:crypto';
import type { Requester } from '../../src/fhir/sharing.ts';
import { readUpload } from '../../src/flow/intake/upload-file.ts';
import type { Database } from '../../src/store/database.ts';
import { appendPiece, beginUpload, finishUpload } from '../../src/store/intake/uploads.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';

/** Files in pieces by tus 1.0.0, over real HTTP. */

const text = Array.from({ length: 40 }, (_, index) => message({ id: `UP-${index}` })).join('');
const file = Buffer.from(text);

describe.each(databases)('a file in pieces on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => { gateway = await startGateway(await open()); });
  afterAll(() => gateway.close());

  const call = async (method: string, path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<Response> => fetch(path.startsWith('http') ? path : `${gateway.url}${path}`, {
    method, body: body ? new Uint8Array(body) : null, headers: { Authorization: `Bearer ${await gateway.token('uhb-adt')}`, 'Tus-Resumable': '1.0.0', ...headers },
  });
  const metadata = (sha256: string, part?: string): string => [['sha256', sha256], ...(part === undefined ? [] : [['part', part]])].map(([key, value = '']) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
  const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const begin = (bytes: Buffer, headers: Record<string, string> = {}): Promise<Response> => call('POST', '/intake/uhb-adt/uploads', { 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata(hashOf(bytes)), ...headers });
  const send = (path: string, offset: number, piece: Buffer, headers: Record<string, string> = {}): Promise<Response> =>
    call('PATCH', path, { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...headers }, piece);
  const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { issue: { details: { coding: { code: string }[] } }[] }).issue[0]?.details.coding[0]?.code ?? '';
  const count = async (bytes: Buffer): Promise<number> => (await gateway.database.query('select 1 from source_record where content = $1', [bytes])).length;

  it('is one source record once its last piece is there, and its Task tells what became of it', async () => {
    const begun = await begin(file);
    expect([begun.status, begun.headers.get('Upload-Offset'), begun.headers.get('Tus-Resumable')]).toEqual([201, '0', '1.0.0']);
    const path = begun.headers.get('Location') ?? '';
    const first = await send(path, 0, file.subarray(0, 1000));
    expect([first.status, first.headers.get('Upload-Offset'), first.headers.get('Content-Location')]).toEqual([204, '1000', null]);
    expect(await count(file)).toBe(0);
    const stands = await call('HEAD', path);
    expect([stands.status, stands.headers.get('Upload-Offset'), stands.headers.get('Upload-Length')]).toEqual([200, '1000', String(file.length)]);
    const last = await send(path, 1000, file.subarray(1000));
    const task = last.headers.get('Content-Location') ?? '';
    expect([last.status, await count(file), task]).toEqual([204, 1, expect.stringContaining('/fhir/Task/')]);
    await gateway.services.worker.idle();
    expect(await (await gateway.get(task.replace(gateway.url, ''), 'uhb-adt')).json()).toMatchObject({ status: 'completed', output: expect.arrayContaining([expect.objectContaining({ valueInteger: 40 })]) });
    expect((await gateway.database.query('select 1 from upload_piece')).length).toBe(0);
  });

  it('begun again goes on where it stands, and sent as a whole before is known', async () => {
    const other = Buffer.from(message({ id: 'AGAIN' }).repeat(1));
    const path = (await begin(other)).headers.get('Location') ?? '';
    await send(path, 0, other.subarray(0, 50));
    const again = await begin(other);
    expect([again.headers.get('Location'), again.headers.get('Upload-Offset')]).toEqual([path, '50']);
    const done = await send(path, 50, other.subarray(50));
    const known = await begin(other);
    expect(known.headers.get('Content-Location')).toBe(done.headers.get('Content-Location'));
    await gateway.send('uhb-adt', '', other);
    expect(await count(other)).toBe(1);
  });

  it('takes a piece only where the file stands, and only once', async () => {
    const other = Buffer.from(message({ id: 'PLACE' }));
    const path = (await begin(other)).headers.get('Location') ?? '';
    await send(path, 0, other.subarray(0, 20));
    for (const offset of [0, 10, 30]) {
      const refused = await send(path, offset, other.subarray(offset, offset + 10));
      expect([refused.status, await codeOf(refused)]).toEqual([409, 'upload-offset-differs']);
    }
    const [one, two] = await Promise.all([send(path, 20, other.subarray(20)), send(path, 20, other.subarray(20))]);
    expect([one.status, two.status].sort()).toEqual([204, 409]);
    expect(await count(other)).toBe(1);
  });

  it('is thrown away when it is not the file that was announced', async () => {
    const other = Buffer.from(message({ id: 'HASH' }));
    const path = (await begin(other)).headers.get('Location') ?? '';
    const wrong = Buffer.from(other).fill('x', 5, 6);
    const refused = await send(path, 0, wrong);
    expect([refused.status, await codeOf(refused)]).toEqual([422, 'upload-hash-differs']);
    expect([(await call('HEAD', path)).status, await count(wrong), await count(other)]).toEqual([404, 0, 0]);
  });

  it('that is taken in while somebody asks where it stands is told as taken, and stays', async () => {
    const other = Buffer.from(message({ id: 'ASKED' }));
    const upload = { feed: 'uhb-adt', part: '', client: 'uhb-adt', length: other.length, sha256: createHash('sha256').update(other).digest() };
    const { id } = await beginUpload(gateway.database, { ...upload, id: randomUUID() }, { open: 100, keepSeconds: 60 }) ?? { id: '' };
    await appendPiece(gateway.database, { id, client: 'uhb-adt', offset: 0, content: other }, 60);
    const taskId = randomUUID();
    const overtaken: Database = {
      ...gateway.database,
      query: async (statement, values) => {
        if (statement.startsWith('select content from upload_piece')) await finishUpload(gateway.database, id, taskId);
        return gateway.database.query(statement, values);
      },
    };
    const accept = (): Promise<never> => Promise.reject(new Error('taken in twice'));
    const requester = { client: 'uhb-adt' } as Requester;
    for (const database of [overtaken, gateway.database]) expect(await readUpload({ database, newId: randomUUID, accept }, requester, { feed: 'uhb-adt', id }, { id: 'asked' })).toMatchObject({ taskId, offset: other.length });
  });

  it('is forgotten when it is cancelled, and when nobody goes on with it for a day', async () => {
    const other = Buffer.from(message({ id: 'OLD' }));
    const path = (await begin(other)).headers.get('Location') ?? '';
    await send(path, 0, other.subarray(0, 20));
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('HEAD', path)).status).toBe(404);
    const second = (await begin(other)).headers.get('Location') ?? '';
    await gateway.database.query(`update upload set ends_at = now() - interval '1 second' where sha256 = $1`, [createHash('sha256').update(other).digest()]);
    expect((await send(second, 0, other)).status).toBe(404);
    await begin(Buffer.from(message({ id: 'OLDER' })));
    expect(await gateway.database.query('select 1 from upload where ends_at < now()')).toEqual([]);
  });

  it.each<[string, number, string, Record<string, string>]>([
    ['another version of the protocol', 412, 'upload-version-unsupported', { 'Tus-Resumable': '0.2.2' }],
    ['no length', 400, 'upload-header-invalid', { 'Upload-Length': 'many' }],
    ['no bytes', 400, 'source-empty', { 'Upload-Length': '0' }],
    ['more bytes than the feed may send', 413, 'body-too-large', { 'Upload-Length': '99999999999' }],
    ['no hash', 400, 'upload-hash-missing', { 'Upload-Metadata': 'filename eA==' }],
    ['a part the feed does not have', 404, 'part-unknown', { 'Upload-Metadata': metadata('0'.repeat(64), 'letters') }],
  ])('is not begun with %s', async (_, status, code, headers) => {
    const refused = await begin(file, headers);
    expect([refused.status, await codeOf(refused)]).toEqual([status, code]);
  });

  it.each<[string, number, string, Record<string, string>, number]>([
    ['is not declared as one', 415, 'media-type-unsupported', { 'Content-Type': 'text/plain' }, 10],
    ['says no place', 400, 'upload-header-invalid', { 'Upload-Offset': '' }, 10],
    ['reaches beyond the file', 413, 'upload-too-long', {}, 5000],
    ['is larger than a piece may be', 413, 'body-too-large', {}, 9 * 1024 ** 2],
  ])('refuses a piece that %s, and stays as it is', async (name, status, code, headers, size) => {
    const other = Buffer.from(message({ id: `PIECE-${name.length}` }));
    const path = (await begin(other)).headers.get('Location') ?? '';
    const refused = await send(path, 0, Buffer.alloc(size, 'x'), headers);
    expect([refused.status, await codeOf(refused)]).toEqual([status, code]);
    expect((await call('HEAD', path)).headers.get('Upload-Offset')).toBe('0');
    await call('DELETE', path);
  });

  it('belongs to its client: nobody else reads it, goes on with it or ends it', async () => {
    const other = Buffer.from(message({ id: 'MINE' }));
    const path = (await begin(other)).headers.get('Location') ?? '';
    const stranger = { Authorization: `Bearer ${await gateway.token('bcc-cld')}` };
    const theirs = path.replace('uhb-adt', 'bcc-cld');
    for (const [method, address, status] of [['HEAD', path, 403], ['HEAD', theirs, 404], ['DELETE', theirs, 404], ['DELETE', path, 403]] as const) expect([method, (await call(method, address, stranger)).status]).toEqual([method, status]);
    expect((await send(theirs, 0, other, stranger)).status).toBe(404);
    expect((await call('HEAD', path)).headers.get('Upload-Offset')).toBe('0');
    expect((await call('HEAD', `/intake/uhb-adt/uploads/not-an-id`)).status).toBe(404);
    expect((await call('GET', path)).status).toBe(405);
    const told = await call('OPTIONS', '/intake/uhb-adt/uploads');
    expect([told.status, told.headers.get('Tus-Version'), told.headers.get('Tus-Extension')]).toEqual([204, '1.0.0', 'creation,expiration,termination']);
  });

  it('is one of ten a client may have unfinished', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) statuses.push((await begin(Buffer.from(message({ id: `MANY-${index}` })))).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
    expect((await gateway.database.query<{ n: number }>('select count(*)::int as n from upload where task_id is null'))[0]?.n).toBe(10);
  });
});
