import type { SharingCategory, SharingClass } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';

type ClassRow = { class_id: number; custodian: string; category: SharingCategory; labels: string[] };
export type ClassFacts = Omit<SharingClass, 'id'>;

/**
 * The interned sharing classes, few and append-only, so every process keeps them in memory. Interning a new one bumps
 * the policy generation in the same transaction: a grant compiled before it existed must be compiled again.
 */
export interface SharingClasses {
  all(): readonly SharingClass[];
  find(classId: number): SharingClass | undefined;
  /** ids for these facts, interning what is new; call inside the transaction that writes the rows */
  intern(connection: Connection, facts: readonly ClassFacts[]): Promise<Map<string, number>>;
  refresh(): Promise<void>;
  /** after a commit: reads again only when this process interned something */
  refreshIfInterned(): Promise<void>;
}

export function classKey({ custodian, category, labels }: ClassFacts): string {
  return `${custodian}\u0000${category}\u0000${labels.join('\u0000')}`;
}

export async function openSharingClasses(database: Database): Promise<SharingClasses> {
  let byId = new Map<number, SharingClass>();
  let byKey = new Map<string, number>();
  const take = (rows: readonly ClassRow[]): void => {
    byId = new Map(rows.map((row) => [row.class_id, { id: row.class_id, custodian: row.custodian, category: row.category, labels: row.labels }]));
    byKey = new Map(rows.map((row) => [classKey(row), row.class_id]));
  };
  let interned = false;
  const refresh = async (): Promise<void> => {
    interned = false;
    take(await database.query<ClassRow>(selectClasses));
  };
  await refresh();
  return {
    all: () => [...byId.values()],
    find: (classId) => byId.get(classId),
    refresh,
    refreshIfInterned: async () => {
      if (interned) await refresh();
    },
    intern: async (connection, facts) => {
      const wanted = new Map(facts.map((each) => [classKey(each), each]));
      const missing = [...wanted].filter(([key]) => !byKey.has(key)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each); // in one order, or two writers wait for each other
      if (missing.length === 0) return new Map([...wanted.keys()].map((key) => [key, byKey.get(key) ?? 0]));
      interned = true;
      await internMissing(connection, missing);
      // read inside the transaction: not remembered until committed, or a rolled-back id would be
      const { rows } = await connection.query<ClassRow>(selectClasses);
      const seen = new Map(rows.map((row) => [classKey(row), row.class_id]));
      return new Map([...wanted.keys()].map((key) => [key, seen.get(key) ?? 0]));
    },
  };
}

const selectClasses = 'select class_id, custodian, category, labels from sharing_class order by class_id';

async function internMissing(connection: Connection, missing: readonly ClassFacts[]): Promise<void> {
  const { rowCount } = await connection.query(
    `insert into sharing_class (custodian, category, labels)
     select f.custodian, f.category, string_to_array(f.labels, ' ') from unnest($1::text[], $2::text[], $3::text[]) as f(custodian, category, labels)
     on conflict do nothing`,
    [missing.map((each) => each.custodian), missing.map((each) => each.category), missing.map((each) => each.labels.join(' '))],
  );
  if (rowCount) await connection.query('update policy_generation set generation = generation + 1');
}
