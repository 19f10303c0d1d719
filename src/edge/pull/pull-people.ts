import { randomUUID } from 'node:crypto';
import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import { nhsNumberSystem } from '../../fhir/nhs-number-status.ts';
import { fetchBundle } from './fetch-page.ts';
import { patiently, restSeconds, timeoutMs, type PullResult, type PullServices, type PullSource, type PullTiming } from './pull-feed.ts';

/** A source that is asked for one person's record after the other. */
export interface PeopleTarget extends PullSource {
  peoplePerPull: number;
  perPerson: { operation: string; nhsNumber: string; parameters: readonly JsonObject[]; interaction?: string };
  spine?: { from: string; to: string };
}

export interface PeopleServices extends PullServices {
  /** people the gateway knows to be registered with the source, after this one; `last`: after whom the next pull goes on */
  nextPeople: (feed: string, after: string | null, most: number) => Promise<{ people: { citizen: string; nhsNumber: string }[]; last: string | null }>;
  /** durable before the source is told the number */
  announcePerson: (feed: string, citizen: string) => Promise<void>;
  pause: (feed: string, everySeconds: number) => Promise<void>;
}

/**
 * One pull of some people's records, each asked for with a POST, so that their number stands in no address, and each handed to
 * intake before the place after it is remembered. A person of whom the source gives nothing, or gives somebody else's record,
 * keeps no other waiting; a source that does not answer ends the pull.
 */
export async function pullPeople(services: PeopleServices, target: PeopleTarget, token: string | null, timing: PullTiming, stop: AbortSignal): Promise<PullResult> {
  const { feed, everySeconds } = target;
  const position = await services.lease(feed, everySeconds);
  if (!position) return { kind: 'not-due' };
  const { people, last } = await services.nextPeople(feed, position.nextPage, target.peoplePerPull);
  const told = { pages: 0, without: 0 };
  for (const { citizen, nhsNumber } of people) {
    await services.announcePerson(feed, citizen);
    const body = JSON.stringify(parametersOf(target, nhsNumber));
    const record = await patiently(() => fetchBundle({ url: `${target.base}/${target.perPerson.operation}`, token, timeoutMs: timeoutMs(target), maxBytes: target.maxBytes, stop, body, headers: spineHeaders(target) }), timing, stop);
    if (record.kind === 'failed' && stop.aborted) {
      await services.release(feed);
      return { kind: 'stopped' };
    }
    if (record.kind === 'failed' && !isAboutPerson(record)) {
      await services.fail(feed, restSeconds(target, position.failures + 1, record, timing), false);
      return { kind: 'failed', pages: told.pages, code: record.code };
    }
    const taken = record.kind === 'bundle' && isRecordOf(record.value, nhsNumber);
    if (taken) await services.take(feed, record.bytes);
    told[taken ? 'pages' : 'without'] += 1;
    await services.savePage(feed, { page: citizen, since: '' });
  }
  if (last === null) await services.finish(feed, '', everySeconds);
  else {
    await services.savePage(feed, { page: last, since: '' });
    await services.pause(feed, everySeconds);
  }
  return { kind: 'finished', ...told };
}

/**
 * What the national proxy asks for on each request (GP Connect, Spine Secure Proxy). A trace id is of one request alone: one
 * that is tried again has another.
 */
function spineHeaders({ spine, perPerson: { interaction } }: PeopleTarget): Record<string, string> {
  return spine && interaction !== undefined ? { 'Ssp-TraceID': randomUUID(), 'Ssp-From': spine.from, 'Ssp-To': spine.to, 'Ssp-InteractionID': interaction } : {};
}

function parametersOf({ perPerson: { nhsNumber: name, parameters } }: PeopleTarget, value: string): JsonObject {
  return { resourceType: 'Parameters', parameter: [{ name, valueIdentifier: { system: nhsNumberSystem, value } }, ...parameters] };
}

/** The source answered, and has no such person, or keeps them to itself; or its record of them is none that can be read. */
function isAboutPerson({ code, status }: { code: string; status?: number }): boolean {
  return status === 403 || status === 404 || ['pull-too-large', 'pull-not-fhir', 'pull-outcome'].includes(code);
}

/** Every Patient in it has the number that was asked for, and there is one. */
function isRecordOf({ entry }: JsonObject, nhsNumber: string): boolean {
  const patients = listOf(entry).map(({ resource }) => resource).filter(isJsonObject).filter((resource) => resource['resourceType'] === 'Patient');
  return patients.length > 0 && patients.every(({ identifier }) => listOf(identifier).some(({ system, value }) => system === nhsNumberSystem && textOf(value).replaceAll(' ', '') === nhsNumber));
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
