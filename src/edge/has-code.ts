/** Whether something thrown carries this code (`ENOENT`). Not by class: errors of another realm have another `Error`. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
