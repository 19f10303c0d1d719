/** In front of a name, no part of it. Normalised. */
export const titles: ReadonlySet<string> = new Set([
  'mr', 'mrs', 'miss', 'ms', 'mx', 'master', 'dr', 'prof', 'professor', 'rev', 'reverend', 'revd', 'sir', 'dame', 'lady',
  'lord', 'fr', 'father', 'sister', 'imam', 'hon', 'capt', 'captain', 'major', 'col', 'cllr',
]);
