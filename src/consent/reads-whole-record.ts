/**
 * May a system acting by itself read care data? Only when its registered scopes let it read every type: `system/*.r…`
 * (SMART 2). A grant knows classes, not resource types, so scopes limited to types or by a query open nothing here; a
 * feed's client has its intake and `system/Task.rs`, and so no care data.
 */
export function readsWholeRecord(scopes: readonly string[]): boolean {
  return scopes.some((scope) => /^system\/\*\.c?ru?d?s?$/.test(scope));
}
