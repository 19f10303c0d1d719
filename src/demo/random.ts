/** A source of repeatable choices: the same key always gives the same sequence, on any machine. */
export interface Random {
  /** uniform in [0, 1) */
  next(): number;
  /** uniform whole number, both ends included */
  between(low: number, high: number): number;
  /** true with the given probability */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** picks by the items' own `weight` */
  pickWeighted<T extends { weight: number }>(items: readonly T[]): T;
}

/**
 * A generator keyed by a seed and a name, so that each person, and each part of a person's life, draws from its own
 * sequence: people can be made in any order, and a new draw in one place changes nothing elsewhere.
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded from a 32-bit string hash.
 */
export function randomFor(seed: number, ...names: readonly (string | number)[]): Random {
  const next = sfc32(hash(`${seed}/${names.join('/')}`));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick,
    pickWeighted: (items) => {
      let left = next() * items.reduce((sum, item) => sum + item.weight, 0);
      return items.find((item) => (left -= item.weight) < 0) ?? pick(items);
    },
  };
}

/** FNV-1a with a final mix, continued into four words of state. */
function hash(text: string): [number, number, number, number] {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  const word = (): number => {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^= h >>> 16) >>> 0;
  };
  return [word(), word(), word(), 1];
}

function sfc32([a, b, c, counter]: [number, number, number, number]): () => number {
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
