import { connect } from 'node:net';

export interface ReadAnswer {
  status: number;
  headers: string;
  body: string;
}

/**
 * The same GET so many times at once: over a few sockets, and on each of them without waiting for the answers before, as HTTP
 * allows. The gateway works on all of them at the same time.
 */
export async function readAtOnce(base: string, path: string, headers: Readonly<Record<string, string>>, { sockets, each }: { sockets: number; each: number }): Promise<ReadAnswer[]> {
  const { hostname, port, host } = new URL(base);
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const answers = await Promise.all(Array.from({ length: sockets }, () => readOn({ hostname, port: Number(port) }, request, each)));
  return answers.flat();
}

function readOn({ hostname, port }: { hostname: string; port: number }, request: string, count: number): Promise<ReadAnswer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, hostname, () => { socket.write(request.repeat(count)); });
    const answers: ReadAnswer[] = [];
    let rest = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      rest += part;
      for (let next = takeAnswer(rest); next; next = takeAnswer(rest)) {
        answers.push(next.answer);
        rest = rest.slice(next.length);
      }
      if (answers.length === count) {
        socket.destroy();
        resolve(answers);
      }
    }).on('error', reject).on('close', () => { reject(new Error(`a socket was closed after ${answers.length} of ${count} answers`)); });
  });
}

/** The first answer of a text, where it is whole. */
function takeAnswer(text: string): { answer: ReadAnswer; length: number } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers = text.slice(0, end);
  const length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(headers)?.[1] ?? Number.NaN);
  return text.length >= length ? { answer: { status: Number(headers.slice(9, 12)), headers, body: text.slice(end + 4, length) }, length } : null;
}
