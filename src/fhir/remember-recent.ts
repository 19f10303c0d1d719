/** What was kept last, for so many keys: those not asked for longest go first. */
export interface Recent<Made> {
  get(key: string): Made | undefined;
  set(key: string, made: Made): void;
  delete(key: string): void;
  clear(): void;
}

export function keepRecent<Made>(most: number): Recent<Made> {
  const kept = new Map<string, Made>();
  const set = (key: string, made: Made): void => {
    kept.delete(key);
    kept.set(key, made);
    const oldest = kept.size > most ? kept.keys().next() : undefined;
    if (oldest && !oldest.done) kept.delete(oldest.value);
  };
  return {
    set,
    get: (key) => {
      const found = kept.get(key);
      if (found !== undefined) set(key, found);
      return found;
    },
    delete: (key) => { kept.delete(key); },
    clear: () => { kept.clear(); },
  };
}

/** Keeps what was made for the last `most` keys, those not asked for longest going first. */
export function rememberRecent<Made>(most: number): (key: string, make: () => Made) => Made {
  const kept = keepRecent<Made>(most);
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    kept.set(key, made);
    return made;
  };
}
