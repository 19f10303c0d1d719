import type { OrganisationKey, SharingCategory } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';
import { isUuid } from '../secrets.ts';

/** What sort of information a row is, and whose. */
export interface RowCategory {
  category: SharingCategory;
  custodian: OrganisationKey;
}

/** What sort of information these rows of these citizens are, by id: for telling of looks, never for deciding one. Ids of other rows are left out. */
export async function categoriesOf(database: Database, citizens: readonly string[], ids: readonly string[]): Promise<Map<string, RowCategory>> {
  const asked = [...new Set(ids)].filter(isUuid);
  if (asked.length === 0) return new Map();
  const rows = await database.query<RowCategory & { id: string }>(
    `select r.id, s.category, s.custodian from citizen_row r join sharing_class s on s.class_id = r.class_id where r.citizen_id = any ($1::uuid[]) and r.id = any ($2::uuid[])`,
    [citizens, asked]);
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}
