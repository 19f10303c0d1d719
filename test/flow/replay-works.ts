import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ReplayReport } from '../../src/flow/feeds/replay-feed.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import type { Services } from '../../src/services.ts';
import type { Database } from '../../src/store/database.ts';
import { pause } from '../faults/gateway-process.ts';
import { projectRoot } from '../intake/adt.ts';
import { patienceMs } from '../patience.ts';

/** A copy of mappings/ that a test may edit. */
export interface EditableMappings {
  folder: string;
  edit: (file: string, change: (text: string) => string) => void;
}

export function editableMappings(): EditableMappings {
  const folder = join(mkdtempSync(join(tmpdir(), 'onestory-maps-')), 'mappings');
  cpSync(withoutExamples(), folder, { recursive: true });
  return {
    folder,
    edit: (file, change) => {
      const before = readFileSync(join(folder, file), 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`nothing to change in ${file}`);
      writeFileSync(join(folder, file), after);
    },
  };
}

/** The same database, where this comes before the commit of a transaction that asked such a thing. */
export function beforeCommit(database: Database, asked: RegExp, then: () => Promise<void> | void): Database {
  return {
    ...database,
    transaction: (work) => database.transaction(async (connection) => {
      let met = false;
      const result = await work(new Proxy(connection, { get: (target, name) => (name !== 'query' ? Reflect.get(target, name) as unknown : (...all: unknown[]) => {
        met ||= asked.test(String(all[0]));
        return (target.query as (...every: unknown[]) => unknown).apply(target, all);
      }) }));
      if (met) await then();
      return result;
    }),
  };
}

let shipped = '';
/** One copy for all: what is left out file by file takes a multiple of the time of a whole folder. */
function withoutExamples(): string {
  if (shipped !== '') return shipped;
  shipped = mkdtempSync(join(tmpdir(), 'onestory-maps-'));
  process.once('exit', () => rmSync(shipped, { recursive: true, force: true }));
  cpSync(join(projectRoot, 'mappings'), shipped, { recursive: true, filter: (path) => basename(path) !== 'examples' });
  return shipped;
}

/** The hospital's map without the rule that sets the gender, and with one that sets a language. */
export function withoutGender(text: string): string {
  return text.replace("patient.gender = translate(code, '#sex', 'code');", "patient.language = 'en';");
}

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** The integration system of the hospital, or of another organisation. */
export function integrationOf(organisation = `${ods}|RRK`): Requester {
  return { client: 'integration', token: 'token', organisation, organisationName: 'Its partner', role: 'integration', purpose: 'HSYSADMIN', scopes: ['feeds'] };
}

export const council = 'https://fhir.bicp.example/Id/ons-code|E08000025';
export const request = { id: 'replay-test' };

/** Looks until the feed's replay is in this state. */
export async function untilReplay(services: Services, feed: string, state: ReplayReport['state'], who = integrationOf(), withinMs = patienceMs, everyMs = 100): Promise<ReplayReport> {
  for (const until = Date.now() + withinMs; Date.now() < until; await pause(everyMs)) {
    const report = await services.feedWork.replay.show(who, feed, request);
    if (report.state === state) return report;
  }
  throw new Error(`the replay of ${feed} did not get ${state}`);
}
