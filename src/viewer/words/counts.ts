/** `1 entry`, `1,234 entries` */
export function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en-GB')} entries`;
}

/** `1 citizen`, `12 citizens` */
export function citizens(count: number): string {
  return count === 1 ? '1 citizen' : `${count.toLocaleString('en-GB')} citizens`;
}
