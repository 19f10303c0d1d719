const longest = 24;

/** The shape of a value and nothing of what it says: letters become x and X, digits #, the rest stays. */
export function maskValue(value: string): string {
  const shape = value.slice(0, longest)
    .replace(/\p{N}/gu, '#')
    .replace(/\p{L}|\p{M}/gu, (letter) => (letter === letter.toUpperCase() && letter !== letter.toLowerCase() ? 'X' : 'x'));
  return value.length > longest ? `${shape}…` : shape;
}
