import type { OneStoryServer } from '../onestory-server.ts';
import { readableSamples } from '../readable-samples.ts';
import { sendRequests, type Sent, type WireRequest } from '../send-requests.ts';
import type { Print } from '../settings.ts';
import { percentile } from '../sharing/take-turns.ts';
import type { World } from '../world.ts';
import { apiKinds, type ReadSamples } from './api-kinds.ts';

const connections = [1, 16, 64] as const;
const together = 16;

interface Driven {
  rate: number;
  times: number[];
  /** of the server's process, for one request */
  cpuMs: number;
}

/**
 * Each sort of request at 1, 16 and 64 connections against its work with no questions asked; then with two processes over one
 * record, each with half of 16 connections. What was made is counted at the end: as many as were answered, or the run fails.
 */
export async function measureApi(world: World, print: Print): Promise<void> {
  const database = await world.loaded();
  await world.query(database, 'create table if not exists bench_written (key text primary key, body text not null)');
  const [one, two, passThrough] = [await world.onestory(database), await world.onestory(database, { process: 2 }), await world.passThrough(database)];
  const samples = await readSamples(world, one);
  const headersOfTwo = { ...samples.headers, Authorization: `Bearer ${(await two.ask({ do: 'token', who: 'community-nurse' })).token ?? ''}` };
  const before = await made(world, database);
  let answered = 0;
  for (const kind of apiKinds(samples)) {
    world.say(`api: ${kind.name}`);
    const drive = async (server: OneStoryServer, headers: ReadSamples['headers'], at: number): Promise<Driven & { sent: Sent }> => {
      const driven = await timed(world, server, kind.ours(server.url, headers), at);
      answered += driven.all * kind.makes;
      return driven;
    };
    for (const at of connections) {
      const theirs = await timed(world, { url: passThrough }, kind.theirs(passThrough), at);
      printDriven(print, `api.${kind.name}.c${at}`, await drive(one, samples.headers, at), theirs.rate);
    }
    const both = await Promise.all([drive(one, samples.headers, together / 2), drive(two, headersOfTwo, together / 2)]);
    printDriven(print, `api.${kind.name}.two`, joined(both));
  }
  const there = await made(world, database) - before;
  if (there !== answered) throw new Error(`${answered} records were made by their answers, and ${there} are there`);
}

function printDriven(print: Print, name: string, { rate, times, cpuMs }: Driven, against?: number): void {
  print(name, rate, 'requests/s', against === undefined ? undefined : rate / against);
  for (const share of [0.5, 0.95, 0.99]) print(`${name}.p${share * 100}`, percentile(times, share), 'ms');
  print(`${name}.cpu`, cpuMs, 'ms/request');
}

function joined(both: readonly (Driven & { sent: Sent })[]): Driven {
  const requests = both.reduce((sum, { sent }) => sum + sent.requests, 0);
  return { rate: both.reduce((sum, { rate }) => sum + rate, 0), times: both.flatMap(({ times }) => times), cpuMs: both.reduce((sum, { cpuMs, sent }) => sum + cpuMs * sent.requests, 0) / Math.max(1, requests) };
}

/** Warm-up, then the measured stretch. */
async function timed(world: World, server: Pick<OneStoryServer, 'url'> & Partial<OneStoryServer>, requests: Iterator<WireRequest>, at: number): Promise<Driven & { sent: Sent; all: number }> {
  const url = new URL(server.url);
  const warm = await sendRequests(url, requests, { connections: at, seconds: world.settings.warmUpSeconds });
  const times: number[] = [];
  const cpuBefore = await cpuOf(server);
  const sent = await sendRequests(url, requests, { connections: at, seconds: world.settings.seconds, times });
  return { sent, times, all: warm.requests + sent.requests, rate: sent.requests / sent.seconds, cpuMs: (await cpuOf(server) - cpuBefore) / Math.max(1, sent.requests) };
}

async function cpuOf(server: Partial<OneStoryServer>): Promise<number> {
  return (await server.ask?.({ do: 'cpu' }))?.cpuMs ?? 0;
}

/** First versions that came through the API; an update makes one too, where it comes first. */
async function made(world: World, database: string): Promise<number> {
  const [row] = await world.query<{ n: string }>(database, `select count(*) as n from citizen_version v join source_record s on s.record_id = v.record_id where s.feed = 'api' and v.version = 1 and v.body not like '%-updated-%'`);
  return Number(row?.n ?? 0);
}

/** Names and identifiers of people the reader may see, as a client finds them. */
async function readSamples(world: World, server: OneStoryServer): Promise<ReadSamples> {
  const samples = await readableSamples(world, server);
  const response = await fetch(`${server.url}/fhir/Patient?_count=100`, { headers: samples.headers });
  const { entry = [] } = (await response.json()) as { entry?: { resource: { resourceType: string; name?: { family?: string }[]; identifier?: { system?: string; value?: string }[] } }[] };
  const people = entry.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === 'Patient');
  const identifiers = people.flatMap(({ identifier = [] }) => identifier.filter(({ system }) => system === 'https://fhir.nhs.uk/Id/nhs-number').map(({ system = '', value = '' }) => `${system}|${value}`));
  return { ...samples, identifiers, families: [...new Set(people.flatMap(({ name = [] }) => name[0]?.family ?? []))].filter((family) => /^[A-Za-z]{3,}$/.test(family)) };
}
