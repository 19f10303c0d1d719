import type { Server } from 'node:http';
import { outcomeOf } from '../../fhir/outcome.ts';
import type { Problem } from '../../fhir/problem.ts';

/**
 * What is not an HTTP request never reaches a route: headers too large, a broken request line, a connection too slow.
 * Answers it like everything else and closes the connection. Nothing of it is repeated or logged.
 */
export function answerClientErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const [line, problem] = answers[error.code ?? ''] ?? unreadable;
    const text = JSON.stringify(outcomeOf([problem]));
    socket.end(`HTTP/1.1 ${line}\r\nContent-Type: application/fhir+json; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n`
      + `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  });
}

const unreadable: [string, Problem] = ['400 Bad Request', {
  category: 'malformed', code: 'request-unreadable', text: 'This is not an HTTP request the gateway can read.', fix: 'Check the request line and the headers.',
}];
const answers: Readonly<Record<string, [string, Problem]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', {
    category: 'too-large', code: 'headers-too-large', text: 'The headers are larger than the gateway takes.', expected: 'at most 16 KiB of headers together',
  }],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', {
    category: 'malformed', code: 'request-too-slow', text: 'The request did not arrive in time.', fix: 'Send it again over a faster connection.',
  }],
};
