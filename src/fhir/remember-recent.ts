/** Keeps what was made for the last `most` keys, those not asked for longest going first. */
export function rememberRecent<Made>(most: number): (key: string, make: () => Made) => Made {
  const kept = new Map<string, Made>();
  return (key, make) => {
    const made = kept.get(key) ?? make();
    kept.delete(key);
    kept.set(key, made);
    const oldest = kept.size > most ? kept.keys().next() : undefined;
    if (oldest && !oldest.done) kept.delete(oldest.value);
    return made;
  };
}
