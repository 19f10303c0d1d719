import { createHash } from 'node:crypto';
import { savePeople } from '../../store/record/citizens.ts';
import type { Connection } from '../../store/database.ts';
import { replaceFolds, type StoredFold } from '../../store/record/fold-states.ts';
import { settleReplayed, type SettledRow } from '../../store/intake/replay-record.ts';
import type { StagedRow } from '../../store/intake/replay-staging.ts';
import type { ReplayRow } from '../../store/intake/replays.ts';
import { saveUnmappedCodes } from '../../store/intake/unmapped-codes.ts';
import { countLedger } from '../intake/count-ledger.ts';
import { endResources } from '../intake/end-resources.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { factsOf } from '../intake/hide-places.ts';
import { relabelRows } from '../intake/relabel-rows.ts';
import { findDifferences, isSettledAnew, type Differences } from './replay-people.ts';
import { saysTheSame } from '../intake/prepare-resources.ts';
import { saveResources } from '../intake/save-resources.ts';
import { settlePeople, type ReadyRows, type SettledPeople } from '../intake/settle-people.ts';
import { isPerson } from './stage-records.ts';

/**
 * Some people's part of an approved replay, in one transaction: resources that differ get a new version as with any write,
 * what nobody says any more ends, folds are made anew, and where everybody is gone through the ledger too, and every row is settled. What
 * is the same is left alone. `newIds`: ids of messages were met for the first time, which others may be judged by.
 */
export async function swapPeople(connection: Connection, context: IntakeContext, replay: ReplayRow, rows: readonly StagedRow[], stored: readonly StoredFold[], ready: ReadyRows | null): Promise<{ newIds: boolean }> {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const people = groups.filter(isPerson);
  const settled = await settlePeople(connection, context, rows, false, stored, ready);
  const { changed, gone } = await findDifferences(connection, context, replay.feed, groups, settled);
  await savePeople(connection, settled.citizens, settled.people, context.clock());
  await relabelRows(connection, context, stricterOf(context, changed, settled));
  const written = await saveResources(connection, context, changed.map(({ prepared }) => prepared), settled.current, settled.hidden);
  await endResources(connection, gone, replay.candidate, context.clock());
  const folds = [...settled.erased, ...settled.linked.flatMap(({ folds: states }) => states)];
  await replaceFolds(connection, replay.feed, people, [...new Map(folds.map((fold) => [`${fold.personKey}\u0000${fold.foldKey}`, fold])).values()]);
  if (replay.added === null) {
    await countLedger(connection, settled.linked);
    await saveUnmappedCodes(connection, settled.linked, context.clock());
  }
  const rowsAnew = settledRows(settled, written);
  await settleReplayed(connection, replay, rowsAnew, [...new Set([...people, ...rows.flatMap(({ wasOf }) => wasOf ?? [])])]);
  return { newIds: rowsAnew.some(({ sha256 }) => sha256 !== null) };
}

/** The same content with more labels is no new version. */
function stricterOf(context: IntakeContext, changed: Differences['changed'], { current }: SettledPeople): Parameters<typeof relabelRows>[2] {
  return changed.flatMap(({ prepared }) => {
    const { id, labels } = prepared;
    const row = current.get(id);
    return row && saysTheSame(prepared, row.contentHash) && !new Set(labels).isSubsetOf(new Set(factsOf(context, row).labels)) ? [{ row, labels }] : [];
  });
}

function settledRows({ outcomes }: SettledPeople, written: ReadonlySet<string>): SettledRow[] {
  return outcomes.flatMap(({ row, outcome, problems }): SettledRow[] => {
    if (!isSettledAnew(row, outcome, problems)) return [];
    const fine = outcome === 'unchanged' ? (row.was === 'stored' || written.has(`${row.recordId}/${row.row}`) ? 'stored' : 'unchanged') : outcome;
    const { recordId, row: number, line, feed, part, personKey, content, messageId } = row;
    return [{
      recordId, row: number, line, feed, part, personKey, content, messageId, outcome: fine, problems: JSON.stringify(problems), waited: row.was === 'pending',
      sha256: messageId === null || outcome === 'quarantined' ? null : createHash('sha256').update(content).digest(),
    }];
  });
}
