import { STATUS_CODES, type Server } from 'node:http';
import { outcomeOf, statusOf } from '../../fhir/outcome.ts';
import type { Problem } from '../../fhir/problem.ts';

/**
 * What is not an HTTP request never reaches a route: headers too large, a broken request line, a connection too slow.
 * Answers it like everything else and closes the connection. Nothing of it is repeated or logged.
 */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const problem = problems[error.code ?? ''] ?? unreadable;
    const status = statusOf([problem]);
    const text = JSON.stringify(outcomeOf([problem]));
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/fhir+json; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n`
      + `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  });
}

const unreadable: Problem = {
  category: 'malformed', code: 'request-unreadable', text: 'This is not an HTTP request the gateway can read.', fix: 'Check the request line and the headers.',
};
const problems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: { category: 'headers-too-large', code: 'headers-too-large', text: 'The headers are larger than the gateway takes.', expected: 'at most 16 KiB of headers together' },
  ERR_HTTP_REQUEST_TIMEOUT: { category: 'timeout', code: 'request-too-slow', text: 'The request did not arrive in time.', fix: 'Send it again over a faster connection.' },
};
