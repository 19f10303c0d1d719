/** A name of a parameter somebody sent, as it may be told back: letters alone (a digit may be part of a person's number), at most 64. */
export function plainName(name: string): string {
  return name.replace(/[^A-Za-z:._-]/g, '').slice(0, 64);
}
