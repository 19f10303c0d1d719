import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';

/** What the server does with one request, in order; when they are used up it answers well. */
export type Trick = (request: Request, response: Response) => void;

export interface GpConnectServer {
  base: string;
  /** addresses asked for, below the base */
  asked: string[];
  headers: (string | undefined)[];
  /** what the national proxy would read: trace, from, to and interaction of each record asked for */
  spine: (string | undefined)[][];
  /** pages as they are sent, byte for byte */
  pages: string[];
  /** records of people by their number, as they are sent */
  records: Map<string, string>;
  /** numbers whose records were asked for */
  numbers: string[];
  tricks: Trick[];
  close: () => Promise<void>;
}

/** A small source that serves structured records a page at a time, as a practice's system would; each test says how it misbehaves. */
export async function startGpConnectServer(): Promise<GpConnectServer> {
  const app = express();
  const server: GpConnectServer = { base: '', asked: [], headers: [], spine: [], pages: [], records: new Map(), numbers: [], tricks: [], close: () => Promise.resolve() };
  app.get('/fhir/Bundle', (request, response) => {
    server.asked.push(request.originalUrl.slice('/fhir/'.length));
    server.headers.push(request.get('Authorization'));
    const trick = server.tricks.shift();
    if (trick) return trick(request, response);
    const page = Number(request.query['page'] ?? 0);
    response.type('application/fhir+json').send(server.pages[page] ?? '{"resourceType":"Bundle","type":"searchset"}');
  });
  app.post('/fhir/Patient/\\$gpc.getstructuredrecord', express.json({ type: 'application/fhir+json' }), (request, response) => {
    server.asked.push(request.originalUrl.slice('/fhir/'.length));
    server.headers.push(request.get('Authorization'));
    server.spine.push(['Ssp-TraceID', 'Ssp-From', 'Ssp-To', 'Ssp-InteractionID'].map((name) => request.get(name)));
    const { parameter } = request.body as { parameter: { name: string; valueIdentifier?: { system: string; value: string } }[] };
    const number = parameter.find(({ name }) => name === 'patientNHSNumber')?.valueIdentifier?.value ?? '';
    server.numbers.push(number);
    const trick = server.tricks.shift();
    if (trick) return trick(request, response);
    const record = server.records.get(number);
    if (record === undefined) return void response.status(404).json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] });
    response.type('application/fhir+json').send(record);
  });
  const listening = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  server.base = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/fhir`;
  server.close = () => new Promise((resolve) => {
    listening.closeAllConnections();
    listening.close(() => resolve());
  });
  return server;
}
