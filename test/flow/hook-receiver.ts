import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Bundle, Parameters } from '@medplum/fhirtypes';

export interface Notification {
  path: string;
  headers: IncomingHttpHeaders;
  bundle: Bundle;
  type: string;
  /** events since it began, as it is said */
  count: string;
  events: { n: string; focus: string | undefined }[];
}

/** A subscriber's own server, on a real socket: keeps what is posted, and answers each with the next status. */
export interface HookReceiver {
  url: string;
  received: Notification[];
  /** statuses of the next answers, then 200; a text is an address it redirects to, a function is waited for */
  answers: (number | string | (() => Promise<number>))[];
  close: () => Promise<void>;
}

export async function openReceiver(): Promise<HookReceiver> {
  const received: Notification[] = [];
  const answers: HookReceiver['answers'] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      received.push(readNotification(request.url ?? '', request.headers, JSON.parse(Buffer.concat(parts).toString('utf8')) as Bundle));
      const next = answers.shift() ?? 200;
      void Promise.resolve(typeof next === 'function' ? next() : next).catch(() => 500).then((answer) => {
        response.writeHead(typeof answer === 'number' ? answer : 302, typeof answer === 'number' ? {} : { Location: answer }).end('ignored');
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`, received, answers,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => { resolve(); });
    }),
  };
}

function readNotification(path: string, headers: IncomingHttpHeaders, bundle: Bundle): Notification {
  const { parameter = [] } = (bundle.entry?.[0]?.resource ?? {}) as Parameters;
  const valueOf = (name: string): string => String(Object.entries(parameter.find((each) => each.name === name) ?? {}).find(([member]) => member.startsWith('value'))?.[1] ?? '');
  const events = parameter.filter(({ name }) => name === 'notification-event').map(({ part = [] }) => ({
    n: part.find(({ name }) => name === 'event-number')?.valueString ?? '', focus: part.find(({ name }) => name === 'focus')?.valueReference?.reference,
  }));
  return { path, headers, bundle, type: valueOf('type'), count: valueOf('events-since-subscription-start'), events };
}
