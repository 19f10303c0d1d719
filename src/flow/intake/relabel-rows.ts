import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import { withLabels } from '../../fhir/sharing-labels.ts';
import type { Connection } from '../../store/database.ts';
import { reclassRows } from '../../store/record/record-writer.ts';
import { classKey, type ClassFacts, type SharingClasses } from '../../store/record/sharing-classes.ts';
import { loadVersions, saveBodies } from '../../store/record/stored-versions.ts';
import { factsOf } from './hide-places.ts';

/**
 * Rows that grow stricter without being said anew: their class changes, which covers all their versions at once, and every
 * version shows the labels. Labels are only ever added. Call it in the transaction that found the rows, which holds them.
 */
export async function relabelRows(
  connection: Connection, context: { classes: SharingClasses }, stricter: readonly { row: { citizen: string; id: string; classId: number }; labels: readonly string[] }[],
): Promise<void> {
  const rows = stricter.flatMap(({ row, labels }) => {
    const facts = factsOf(context, row);
    const all = [...new Set([...facts.labels, ...labels])].sort();
    return all.length > facts.labels.length ? [{ ...row, facts: { ...pick(facts), labels: all } }] : [];
  });
  if (rows.length === 0) return;
  const classIds = await context.classes.intern(connection, rows.map(({ facts }) => facts));
  await reclassRows(connection, rows.map((row) => ({ ...row, classId: classIds.get(classKey(row.facts)) ?? 0 })));
  const labelsOf = new Map(rows.map(({ id, facts }) => [id, facts.labels]));
  const versions = await loadVersions(connection, rows);
  await saveBodies(connection, versions.map((version) => ({ ...version, body: labelled(version.body, labelsOf.get(version.id) ?? []) })));
}

function pick({ custodian, category }: ClassFacts): Pick<ClassFacts, 'custodian' | 'category'> {
  return { custodian, category };
}

function labelled(text: string, labels: readonly string[]): string {
  const body = parseExact<JsonObject>(text);
  const { security, tag, ...meta } = isJsonObject(body['meta']) ? body['meta'] : {};
  const said = Array.isArray(security) ? security.filter((each: Json): each is JsonObject => isJsonObject(each)) : [];
  return JSON.stringify({ ...body, meta: { ...meta, security: withLabels(said, labels), ...(tag !== undefined && { tag }) } });
}
