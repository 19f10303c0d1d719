import { partnerPeople, personas, signatories } from '../src/demo/personas.ts';
import { tokenFor } from '../src/edge/cli/token.ts';
import { listenMllp, type MllpOptions } from '../src/edge/mllp/listen-mllp.ts';
import type { Requester } from '../src/fhir/sharing.ts';
import { loadDirectory } from '../src/flow/directory.ts';
import { releaseRecords } from '../src/flow/release-records.ts';
import type { Services } from '../src/services.ts';
import { openPostgres } from '../src/store/database.ts';
import { loadSecrets } from '../src/store/secrets.ts';
import { editableMappings, integrationOf, request, untilReplay, withoutGender } from '../test/flow/replay-works.ts';
import { startGateway } from '../test/gateway.ts';
import { heapAfterCollection } from '../test/heap.ts';
import type { Answer, Command } from './onestory-server.ts';
import { councilFiles, hospitalMessages, inFiles, populationFiles, type PopulationFile } from './population-files.ts';

/**
 * The real gateway in a process of its own, told by its parent what to do. `unaudited` composes it with a trail that
 * resolves at once: there is no such switch in the product, and what it saves is what the audit costs. `many-people`
 * takes every emergency for that of another member of staff: the product soon stops one person who is refused.
 * `changed-map` has a hospital's map that says something else of every Patient.
 */
const [url = '', composition = 'audited', agreements] = process.argv.slice(2);
const compositions: Record<string, (services: Services) => Promise<Services>> = { unaudited: withoutAudit, 'many-people': fromManyPeople };
const adjust = compositions[composition];
const gateway = await startGateway(await openPostgres(url), { environment: () => ({ ONESTORY_RATE_CLIENT: '0' }), ...(adjust && { adjust }), ...(agreements !== undefined && { agreements }), ...(composition === 'changed-map' && { mappings: changedMappings() }) });

function changedMappings(): string {
  const maps = editableMappings();
  maps.edit('hl7v2-adt/person.map', withoutGender);
  return maps.folder;
}

function fromManyPeople(services: Services): Promise<Services> {
  let people = 0;
  return Promise.resolve({
    ...services,
    breakGlass: (requester, ask, request) => {
      people += 1;
      return services.breakGlass(requester.person ? { ...requester, person: { ...requester.person, id: `${requester.person.id}-${people}` } } : requester, ask, request);
    },
  });
}

async function withoutAudit(services: Services): Promise<Services> {
  const { database, policy, clock, newId, mappings } = services;
  const secrets = await loadSecrets(database);
  const context = { database, policy, secrets, clock, newId, directory: await loadDirectory(database, secrets, mappings, clock()), custodianOf: () => '', audit: { append: () => Promise.resolve() } };
  return { ...services, release: (requester, ask, request) => releaseRecords(context, requester, ask, request) };
}

function filesOf(what: 'everything' | 'hospital' | 'council', citizens: number): Iterable<PopulationFile> {
  if (what === 'hospital') return inFiles('uhb-adt', hospitalMessages(citizens), 100);
  return what === 'council' ? councilFiles(citizens) : populationFiles(citizens);
}

/** The hospital's messages without TLS, as only this machine may send them. */
const loopback: MllpOptions = {
  host: '127.0.0.1', port: 0, tls: null, clients: [{ feed: 'uhb-adt', by: 'loopback' }], log: () => undefined,
  limits: { messageBytes: 1_000_000, connections: 100, betweenBytesMs: 10_000, frameMs: 10_000, idleMs: 60_000 },
  receive: gateway.services.receiveMessage, refuse: gateway.services.refuseFrame,
};

async function obey(command: Command): Promise<Answer> {
  switch (command.do) {
    case 'token': return { token: await freshToken(command.who) };
    case 'take-in': return takeIn(filesOf(command.what, command.citizens));
    case 'listen-mllp': return { port: (await listenMllp(loopback)).port };
    case 'replay': return replay(command.what);
    case 'idle': await gateway.services.worker.idle(); return {};
    case 'cpu': return { cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1_000 };
    case 'memory': return { bytes: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1_024, ...(command.settled && { held: heapAfterCollection() + process.memoryUsage().external }) };
  }
}

/** A long run outlives a token: whoever asks gets a new one. */
async function freshToken(who: string): Promise<string> {
  const answer = await tokenFor({ who, base: gateway.url, dataDir: gateway.dataDir, personas: [...personas, ...partnerPeople, ...signatories], clock: () => new Date() });
  if ('problem' in answer) throw new Error(answer.problem.code);
  return answer.token;
}

/** Until the replay of the hospital's feed rests. */
async function replay(what: 'start' | 'approve'): Promise<Answer> {
  const { services } = gateway;
  const started = performance.now();
  if (what === 'start') await services.feedWork.replay.start(integrationOf(), 'uhb-adt', request);
  else await services.feedWork.replay.approve(integrationOf(), 'uhb-adt', (await untilReplay(services, 'uhb-adt', 'ready')).candidate, request);
  const { counts } = await untilReplay(services, 'uhb-adt', what === 'start' ? 'ready' : 'done', integrationOf(), 20 * 60_000, 2_000);
  return { records: counts.resource, seconds: (performance.now() - started) / 1_000 };
}

/** From the first byte handed over until everything is worked off. */
async function takeIn(generated: Iterable<PopulationFile>): Promise<Answer> {
  const files = [...generated];
  const started = performance.now();
  for (const { feed, part, content } of files) {
    await gateway.services.acceptBytes(feedClient(feed), { feed, part, bytes: content }, { id: feed });
  }
  await gateway.services.worker.idle();
  return { records: files.reduce((sum, { records }) => sum + records, 0), seconds: (performance.now() - started) / 1_000 };
}

function feedClient(feed: string): Requester {
  const partner = gateway.services.mappings.feeds.find(({ key }) => key === feed)?.partner;
  return {
    client: feed, token: feed, organisation: partner?.organisation ?? '', organisationName: partner?.name ?? '', role: 'integration', purpose: 'HOPERAT', scopes: ['intake'],
  };
}

process.on('message', ({ id, command }: { id: number; command: Command }) => {
  void obey(command).then((answer) => process.send?.({ id, answer }), (error: unknown) => process.send?.({ id, failed: error instanceof Error ? error.stack : String(error) }));
});
process.on('disconnect', () => void gateway.close().finally(() => process.exit(0)));
process.send?.({ url: gateway.url });
