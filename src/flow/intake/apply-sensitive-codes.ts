import type { SensitiveCodes } from '../../fhir/sensitive-codes.ts';
import type { Connection, Database } from '../../store/database.ts';
import { countQueuedRows, forgetApplied, loadApplied, queueRowsSaying, setCodeSets, takeQueuedRows, type TokenLabel } from '../../store/record/relabel-queue.ts';
import type { SharingClasses } from '../../store/record/sharing-classes.ts';
import { relabelRows } from './relabel-rows.ts';

const codesTogether = 200;

/**
 * THE STORY of a changed code set: this record is under the new sets → the rows that ever said a newly listed code are found
 * by index and queued → a batch at a time they get their labels, in all their versions. Runs before anything is served. Each
 * step is a transaction and says what is left: a start cut short is finished by the next. Labels are never taken away.
 */
export async function applySensitiveCodes(database: Database, classes: SharingClasses, codes: SensitiveCodes, rowsTogether = 200): Promise<void> {
  await database.transaction((connection) => setCodeSets(connection, codes.hash));
  const wanted = await database.transaction((connection) => newlyListed(connection, codes));
  for (let at = 0; at < wanted.length; at += codesTogether) {
    await database.transaction((connection) => queueRowsSaying(connection, wanted.slice(at, at + codesTogether)));
  }
  while (await countQueuedRows(database) > 0) {
    await classes.refresh();
    await database.transaction((connection) => relabelBatch(connection, classes, codes, rowsTogether));
  }
  await classes.refresh();
}

/** Listed now and not looked for yet. What is listed no more is forgotten, so that it would be looked for again. */
async function newlyListed(connection: Connection, codes: SensitiveCodes): Promise<TokenLabel[]> {
  const applied = await loadApplied(connection);
  const listed = [...codes.tokens].flatMap(([token, labels]) => labels.map((label) => ({ token, label })));
  const [before, now] = [new Set(applied.map(keyOf)), new Set(listed.map(keyOf))];
  await forgetApplied(connection, applied.filter((each) => !now.has(keyOf(each))));
  return listed.filter((each) => !before.has(keyOf(each)));
}

async function relabelBatch(connection: Connection, classes: SharingClasses, codes: SensitiveCodes, rowsTogether: number): Promise<void> {
  const rows = await takeQueuedRows(connection, rowsTogether);
  await relabelRows(connection, { classes }, rows.map((row) => ({ row, labels: codes.labelsOfTokens(row.codes) })));
}

function keyOf({ token, label }: TokenLabel): string {
  return `${token} ${label}`;
}
