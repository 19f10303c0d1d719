import { createHash } from 'node:crypto';
import type { Consent, Patient } from '@medplum/fhirtypes';
import { choiceFromConsent } from '../../src/consent/choice-from-consent.ts';
import { relationshipEvidence } from '../../src/consent/relationship-evidence.ts';
import { takeApart } from '../../src/fhir/fragments.ts';
import { indexedFrom, indexResource } from '../../src/fhir/index-resource.ts';
import { stampResource } from '../../src/flow/intake/stamp-resource.ts';
import { blockingKeys } from '../../src/linkage/blocking-keys.ts';
import { personFacts } from '../../src/linkage/person-facts.ts';
import { savePeople, type PersonChange } from '../../src/store/record/citizens.ts';
import type { Connection, Database } from '../../src/store/database.ts';
import { saveChoices, type ChoiceChange } from '../../src/store/sharing/choices.ts';
import { relationshipNumber } from '../../src/store/door/grants.ts';
import { saveRelationships, saveRows, type RelationshipChange, type RowChange } from '../../src/store/record/record-writer.ts';
import { keyedHash, loadSecrets, type Secrets } from '../../src/store/secrets.ts';
import { classKey, openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import type { Say } from '../settings.ts';
import { makeCitizen, type BenchCitizen, type BenchRecord } from './citizen-records.ts';

const together = 150;
const writers = 3;
const yearMs = 365 * 86_400_000;
/** Dearer to keep up to date row by row than to make anew; nothing that writes needs them. */
const madeAfterwards = ['citizen_row_tokens', 'citizen_fragment_tokens', 'citizen_row_newest'];

/**
 * Writes these people past intake, with the gateway's own writer, a batch at a time: what it derives (tokens, fragments,
 * tallies, relationships, choices, blocking keys) is derived here by the same code. `keeps`: which of their records.
 */
export async function loadCitizens(database: Database, from: number, to: number, say: Say, keeps: (record: BenchRecord) => boolean = () => true): Promise<void> {
  const secrets = await loadSecrets(database);
  const classes = await openSharingClasses(database);
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1_000).toFixed(0);
  let rows = 0;
  let next = from;
  const write = async (): Promise<void> => {
    while (next < to) {
      const first = next;
      next = Math.min(first + together, to);
      const citizens = Array.from({ length: next - first }, (_, i) => makeCitizen(first + i)).map((citizen) => ({ ...citizen, records: citizen.records.filter(keeps) }));
      const ids = await database.transaction((connection) => classes.intern(connection, citizens.flatMap(({ records }) => records.map(factsOf))));
      await classes.refreshIfInterned();
      const saved = await database.transaction((connection) => saveCitizens(connection, citizens, (record) => ids.get(classKey(factsOf(record))) ?? 0, secrets, first));
      rows += saved;
      if ((first - from) % (together * 100) === 0) say(`${next - from} of ${to - from} people, ${seconds()} s`);
    }
  };
  await withoutIndexes(database, () => Promise.all(Array.from({ length: writers }, write)));
  say(`${to - from} people in ${rows} rows written in ${seconds()} s`);
}

/** Writes much while the dearest indexes are away, and makes them anew. */
export async function withoutIndexes(database: Database, write: () => Promise<unknown>): Promise<void> {
  const indexes = await database.query<{ indexdef: string }>('select indexdef from pg_indexes where indexname = any ($1)', [madeAfterwards]);
  await database.query(`drop index ${madeAfterwards.join(', ')}`);
  await write();
  await database.transaction(async (connection) => {
    await connection.query("set local maintenance_work_mem = '512MB'");
    for (const { indexdef } of indexes) await connection.query(indexdef);
  });
}

async function saveCitizens(connection: Connection, citizens: readonly BenchCitizen[], classOf: (record: BenchRecord) => number, secrets: Secrets, first: number): Promise<number> {
  const now = new Date();
  const changes = citizens.flatMap((citizen, i) => citizen.records.map((record, r) => rowOf(citizen, record, classOf(record), new Date(now.getTime() - yearMs * spread(first + i, r)))));
  await savePeople(connection, citizens.map(({ id }) => ({ citizen: id, traced: true })), citizens.flatMap((citizen) => peopleOf(citizen, secrets)), now);
  await connection.query('delete from second_look where citizen_id = any ($1::uuid[])', [citizens.map(({ id }) => id)]); // nobody else writes about them
  await saveRows(connection, changes);
  const evidence = citizens.flatMap(({ id, records }) => records.flatMap(({ resource, custodian }): RelationshipChange[] =>
    relationshipEvidence(resource, custodian.key, now, () => false).map(({ organisation, kind, until }) => ({ citizen: id, id: resource.id, organisation, until, kind: relationshipNumber(kind) }))));
  await saveRelationships(connection, evidence.map(({ citizen, id }) => ({ citizen, id })), evidence);
  await saveChoices(connection, citizens.flatMap(({ id, records }) => records.flatMap((record) => choiceIn(id, record, now))));
  return changes.length;
}

/** Between 0 and 1, the same for the same record. */
function spread(citizen: number, record: number): number {
  return ((citizen * 7_919 + record * 104_729) % 100_003) / 100_003;
}

function factsOf({ custodian, category, labels }: BenchRecord): { custodian: string; category: BenchRecord['category']; labels: string[] } {
  return { custodian: custodian.key, category, labels };
}

function rowOf({ id: citizen }: BenchCitizen, { resource, custodian }: BenchRecord, classId: number, at: Date): RowChange {
  const { body, fragments } = takeApart(resource, () => false);
  const index = indexResource(resource);
  const marks = { version: 1, at, source: 'urn:onestory:bench:bench#1/1', profileType: resource.resourceType, security: [], custodian: custodian.key };
  return {
    citizen, id: resource.id, type: resource.resourceType, version: 1, classId, contentHash: createHash('sha256').update(JSON.stringify(resource)).digest(),
    body: JSON.stringify(stampResource(body, marks)), updatedAt: at, recordId: 1, row: 1, index: indexedFrom(index, resource.resourceType, marks.source), directoryIds: [],
    fragments: fragments.map(({ path, value }) => ({ path, body: JSON.stringify(value), classId, target: null, tokens: index.fragmentTokens.get(path) ?? [] })),
  };
}

function peopleOf({ id: citizen, records }: BenchCitizen, secrets: Secrets): PersonChange[] {
  return records.filter(({ resource }) => resource.resourceType === 'Patient').map(({ resource, custodian }) => {
    const facts = personFacts(resource as unknown as Patient, `https://fhir.bicp.example/Id/${custodian.id}`);
    const { nhs, local } = blockingKeys(facts);
    const hashes = [...(nhs === null ? [] : [`nhs:${nhs}`]), ...local.map((key) => `local:${key}`)].map((key) => keyedHash(secrets.person, key));
    return { citizen, id: resource.id, feed: custodian.id, personKey: citizen, rule: 'bench', facts, hashes, evidence: null, possible: [] };
  });
}

function choiceIn(citizen: string, { resource, custodian }: BenchRecord, recordedAt: Date): ChoiceChange[] {
  if (resource.resourceType !== 'Consent') return [];
  const read = choiceFromConsent(resource as unknown as Consent, custodian.key);
  if (!('choice' in read)) throw new Error('a Consent of the benchmark is not a choice');
  return [{ citizen, id: resource.id, custodian: custodian.key, signal: '', decidedAt: read.choice.decidedAt, recordedAt, said: { choice: read.choice } }];
}
