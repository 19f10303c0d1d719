import { createHash } from 'node:crypto';
import { indexResource } from '../../fhir/index-resource.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { listsKept } from '../../fhir/kept-lists.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import { searchableTypes, searchParametersOf } from '../../fhir/search-parameters.ts';
import type { Connection, Database } from '../../store/database.ts';
import { holdIndexState, nextRows, nextSharedRows, saveIndexes, saveIndexState, saveSharedIndexes, type IndexedRow, type IndexState } from '../../store/record/reindex.ts';
import { indexApart } from './keep-apart.ts';

/** Raised when values are indexed in another form; what is indexed, and where it stands, is in the hash by itself. */
const indexForm = 2;
const rowsTogether = 500;

/**
 * THE STORY of a changed search index: whoever starts a program that indexes otherwise than the record was indexed goes
 * through all rows once, a batch in a transaction, and only then serves: a search, and a choice about a code, must not miss
 * what is there. A start cut short is gone on with by the next; processes that start together share the work.
 */
export async function reindexRows(database: Database, tell: () => void = () => undefined, together = rowsTogether): Promise<void> {
  const hash = indexHash();
  for (let batches = 0; !(await database.transaction((connection) => oneBatch(connection, hash, together))); batches += 1) if (batches === 0) tell();
}

/** What is indexed: the parameters of every type, the lists that are kept, and the form of their values. */
export function indexHash(): string {
  const parameters = searchableTypes().map((type) => [type, searchParametersOf(type)]);
  return createHash('sha256').update(JSON.stringify([indexForm, parameters, listsKept()])).digest('hex');
}

/** True: nothing is left to do. */
async function oneBatch(connection: Connection, hash: string, together: number): Promise<boolean> {
  const held = await holdIndexState(connection);
  const state: IndexState = held?.hash === hash ? held : { hash, after: null, afterShared: null, done: false };
  if (state.done) return true;
  const { last, rows } = await nextRows(connection, state.after, together);
  if (last) {
    await saveIndexes(connection, rows.map(indexRow));
    await saveIndexState(connection, { ...state, after: last });
    return false;
  }
  const shared = await nextSharedRows(connection, state.afterShared, together);
  await saveSharedIndexes(connection, shared.map(({ id, body }) => ({ id, index: indexResource(parseExact(body)) })));
  const done = shared.length < together;
  await saveIndexState(connection, { ...state, afterShared: shared.at(-1)?.id ?? state.afterShared, done });
  return done;
}

function indexRow({ citizen, id, version, body, parts }: IndexedRow): Parameters<typeof saveIndexes>[1][number] {
  const { index, tokens } = indexApart(parseExact<JsonObject>(body), parts.map(({ path, body: text }) => ({ path, value: parseExact<Json>(text) })));
  return { citizen, id, version, index, parts: parts.map(({ path }, i) => ({ path, tokens: tokens[i] ?? [] })) };
}
