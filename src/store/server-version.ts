import type { Database } from './database.ts';

/**
 * The first release of each major version in which what a dump says is no longer run by who restores it (CVE-2025-8714,
 * CVE-2025-8715) and statistics show no rows (CVE-2025-8713); later majors have it from their first. https://www.postgresql.org/support/security/
 */
const mended: ReadonlyMap<number, number> = new Map([[15, 14], [16, 10], [17, 6]]);

/** Whether a server, by its `server_version_num`, is older than the releases this program counts on. */
export function isOutdated(versionNumber: number): boolean {
  const [major, minor] = [Math.floor(versionNumber / 10_000), versionNumber % 10_000];
  return major < 15 || minor < (mended.get(major) ?? 0);
}

/** The version of the server as a number: 150014 is 15.14. */
export async function readServerVersion(database: Database): Promise<number> {
  const [row] = await database.query<{ version: number }>("select current_setting('server_version_num')::int as version");
  return row?.version ?? 0;
}

/** Bytes the whole database takes on disk. */
export async function readDatabaseSize(database: Database): Promise<number> {
  const [row] = await database.query<{ size: string }>('select pg_database_size(current_database()) as size');
  return Number(row?.size ?? 0);
}
