import { randomUUID } from 'node:crypto';
import type { ChoiceLimits } from '../../src/consent/types.ts';
import type { Decided, LinkContext } from '../../src/flow/linkage/link-context.ts';
import { savePeople } from '../../src/store/record/citizens.ts';
import { saveChoices } from '../../src/store/sharing/choices.ts';
import type { Database } from '../../src/store/database.ts';
import { citizensNow } from '../../src/store/linkage/link-decisions.ts';
import { saveRelationships, saveRows, type RowChange } from '../../src/store/record/record-writer.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { uhb } from '../consent/sharing-cases.ts';

/** Somebody a partner describes, made a citizen of their own. */
export interface MadePerson {
  person: string;
  citizen: string;
}

/** Small citizens written by the store's own writers, and what of them is where. */
export interface MergeWorld {
  database: Database;
  context: LinkContext;
  classId: number;
  by: Decided;
  makePerson: () => Promise<MadePerson>;
  /** a new row of this person, or a new version of one, wherever the person is now */
  write: (person: string, id?: string) => Promise<string>;
  /** the same, written by API about the citizen this id stands for */
  writeAbout: (citizen: string) => Promise<string>;
  choose: (citizen: string, id: string, effect: 'deny' | 'permit', decidedAt: Date, limits?: ChoiceLimits) => Promise<void>;
  citizenOf: (row: string) => Promise<string | undefined>;
}

export const by: Decided = { organisation: uhb, person: { id: 'p1', name: 'Who decides' }, role: 'governance', reason: 'looked at both' };

export async function openMergeWorld(database: Database): Promise<MergeWorld> {
  const classes = await openSharingClasses(database);
  const [classId = 0] = (await database.transaction((connection) => classes.intern(connection, [{ custodian: uhb, category: 'plan', labels: [] }]))).values();
  await classes.refresh();
  const context: LinkContext = {
    classes, directory: new Map(), registry: [], clock: () => new Date(), newId: randomUUID, grade: () => { throw new Error('a person decides here'); },
    secrets: await loadSecrets(database), mappingOf: () => undefined,
  };
  let n = 0;

  const versionOf = async (id: string): Promise<number> => (await database.query<{ version: number }>('select version from citizen_row where id = $1', [id]))[0]?.version ?? 0;
  const placeOf = async (person: string): Promise<string> => (await database.query<{ citizen_id: string }>('select citizen_id from source_person where id = $1', [person]))[0]?.citizen_id ?? '';

  async function save(citizen: string, id: string, type: string, origin?: string): Promise<void> {
    const version = (await versionOf(id)) + 1;
    const body = `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"${version}","lastUpdated":"2024-01-01T00:00:00.000Z"},"subject":{"reference":"Patient/${citizen}"},"n":${n += 1}.10}`;
    const row: RowChange = {
      citizen, id, type, version, classId, contentHash: Buffer.alloc(0), body, updatedAt: new Date(), recordId: 1, row: 1, directoryIds: [], ...(origin !== undefined && { origin }),
      index: { tokens: [1n], fragmentTokens: new Map(), values: [], from: null, to: null, sortText: null, codes: [] },
      fragments: [{ path: '/address', body: `{"of":"Patient/${citizen}"}`, classId, target: null, tokens: [] }],
    };
    await database.transaction(async (connection) => {
      await saveRows(connection, [row]);
      await saveRelationships(connection, [{ citizen, id }], [{ citizen, id, organisation: uhb, kind: 1, until: new Date('2100-01-01') }]);
    });
  }

  return {
    database, context, classId, by,
    makePerson: async () => {
      const made = { person: randomUUID(), citizen: randomUUID() };
      const facts = { local: [], given: [], otherFamily: [], otherGiven: [] };
      await database.transaction((connection) => savePeople(connection, [{ citizen: made.citizen, traced: true }],
        [{ ...made, id: made.person, feed: 'uhb-adt', personKey: made.person, rule: 'link-new-01', facts, hashes: [Buffer.from(made.person.slice(0, 8))], evidence: null, possible: [] }], new Date()));
      await save(made.citizen, made.person, 'Patient', made.person);
      return made;
    },
    write: async (person, id = randomUUID()) => {
      await save(await placeOf(person), id, 'CarePlan', person);
      return id;
    },
    writeAbout: async (citizen) => {
      const [now = ''] = await database.transaction((connection) => citizensNow(connection, [citizen]));
      const id = randomUUID();
      await save(now, id, 'Consent');
      return id;
    },
    choose: async (citizen, id, effect, decidedAt, limits = {}) => {
      await database.transaction((connection) => saveChoices(connection, [{
        citizen, id, custodian: uhb, signal: '', decidedAt, recordedAt: new Date(),
        said: { choice: { kind: 'sharing', decidedAt, from: null, until: null, rules: [{ effect, limits, overrides: [], optOut: false, from: null, until: null }] } },
      }]));
    },
    citizenOf: async (row) => (await database.query<{ citizen_id: string }>('select citizen_id from citizen_row where id = $1', [row]))[0]?.citizen_id,
  };
}
