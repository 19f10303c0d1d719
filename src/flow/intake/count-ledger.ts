import { textOf, type Json } from '../../fhir/json.ts';
import { valuesAt } from '../../fhir/values-at.ts';
import type { Connection } from '../../store/database.ts';
import { saveLedger, saveShapes } from '../../store/intake/ledger-counts.ts';
import { maskValue } from './mask-value.ts';
import type { MappedRow } from './read-and-map.ts';

/** Where every field of these rows went is added to their feeds' counts; of what is new among it the shape of one value is kept. */
export async function countLedger(connection: Connection, rows: readonly Pick<MappedRow, 'row' | 'ledger' | 'record'>[]): Promise<void> {
  const fresh = await saveLedger(connection, rows);
  await saveShapes(connection, fresh.map(({ at, ...line }) => ({ ...line, shape: shapeOf(rows[at]?.record ?? null, line.field) })));
}

/** Of the first of the field's values that says anything. */
function shapeOf(record: Json, field: string): string | null {
  const said = valuesAt(record, field).map(textOf).find((text) => text !== '');
  return said === undefined ? null : maskValue(said);
}
