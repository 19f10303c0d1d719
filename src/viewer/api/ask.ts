import { ApiProblem } from './api-problem.ts';

const timeoutMs = 30_000;

/** Told of every answer: the session is fresher than it was, or has ended. */
export type Listener = (status: number) => void;
let listener: Listener = () => {};

export function onAnswer(told: Listener): void {
  listener = told;
}

/** Asks our own gateway and nobody else. The body as JSON, null where there is none; throws ApiProblem for whatever is no success. */
export async function askJson<T>(address: string, init: RequestInit, options: { accept: string; signal?: AbortSignal | undefined }): Promise<T | null> {
  const response = await send(address, init, options);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw ApiProblem.of(response.status, body, response.headers.get('X-Request-ID') ?? undefined);
  return body as T | null;
}

/** The same for something written: whether it was made now (201), or was there before. */
export async function askMade(address: string, init: RequestInit, options: { accept: string }): Promise<boolean> {
  return (await answered(await send(address, init, options))).status === 201;
}

/** The same for an answer in plain text. */
export async function askText(address: string, init: RequestInit, options: { accept: string; signal?: AbortSignal | undefined }): Promise<string> {
  return (await answered(await send(address, init, options))).text();
}

/** The same for an answer of any length that becomes a file: the browser keeps it, and takes what time it needs. */
export async function askBlob(address: string, { accept }: { accept: string }): Promise<Blob> {
  return (await answered(await send(address, {}, { accept, patient: true }))).blob();
}

async function answered(response: Response): Promise<Response> {
  if (!response.ok) throw ApiProblem.of(response.status, await response.json().catch(() => null), response.headers.get('X-Request-ID') ?? undefined);
  return response;
}

/** The same for an answer that comes line by line: each line is a JSON value, told as it arrives; stopped by `signal`, not by a time limit. */
export async function askLines(address: string, init: RequestInit, told: (line: unknown) => void, signal: AbortSignal): Promise<void> {
  const { body } = await answered(await send(address, init, { accept: 'application/json', signal, patient: true }));
  if (!body) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') told(JSON.parse(line));
  }
  if (rest.trim() !== '') told(JSON.parse(rest));
}

async function send(address: string, init: RequestInit, { accept, signal, patient = false }: { accept: string; signal?: AbortSignal | undefined; patient?: boolean }): Promise<Response> {
  const limits = [...(signal ? [signal] : []), ...(patient ? [] : [AbortSignal.timeout(timeoutMs)])];
  try {
    const response = await fetch(address, { ...init, headers: { Accept: accept, ...(init.headers as Record<string, string> | undefined) }, signal: AbortSignal.any(limits), redirect: 'error' });
    listener(response.status);
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, undefined);
  }
}
