import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/edge/log.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import { createServices, type ServiceOptions, type Services } from '../../src/services.ts';
import type { Database } from '../../src/store/database.ts';

/** One gateway's services without the socket: intake, worker and audit as `main.ts` composes them. */
export interface Works {
  database: Database;
  services: Services;
  /** keeps the bytes as the feed's client would have it, and returns the Task's id */
  post: (feed: string, part: string, content: string) => Promise<string>;
  /** stops the worker and closes the database */
  close: () => Promise<void>;
}

/** Forgets everybody and every message; keys, classes and the audit trail stay, so that the same record has the same id again. */
export const forgetEverybody = `
  truncate citizen, source_person, person_key, link_review, link_opinion, second_look, linkage_run, linkage_change, citizen_row, list_place, citizen_version, citizen_fragment, relationship, choice, choice_rule,
    citizen_alias, past_citizen, link_decision, person_apart, person_place, joining_wait, visit_move, source_record, intake_row, intake_person, message_seen, fold_state, ledger_count`;

const pollMs = 20;

export async function openWorks(database: Database, more: Partial<ServiceOptions> = {}): Promise<Works> {
  const read = readConfig({});
  if ('problems' in read) throw new Error('the default configuration is wrong');
  const services = await createServices({ database, config: { ...read.config, demo: false }, log: createLog({ level: 'silent' }), pollMs, ...more });
  return {
    database, services,
    post: async (feed, part, content) => (await services.acceptBytes(clientOf(feed), { feed, part, bytes: Buffer.from(content) }, { id: `works-${feed}` })).taskId,
    close: async () => {
      await services.close();
      await database.close();
    },
  };
}

function clientOf(feed: string): Requester {
  return { client: feed, token: 'token', organisation: 'https://fhir.bicp.example/Id/test|SENDER', organisationName: 'The sender', role: 'integration', purpose: 'HSYSADMIN', scopes: ['intake'] };
}
