/** The functions of FHIRPath that maps may call: what is spelt wrong must be found when the map is compiled, not when a record comes. */
export const knownFunctions: ReadonlySet<string> = new Set([
  'empty', 'not', 'exists', 'all', 'allTrue', 'anyTrue', 'allFalse', 'anyFalse', 'subsetOf', 'supersetOf', 'isDistinct', 'distinct', 'count',
  'where', 'extension', 'select', 'coalesce', 'sort', 'aggregate', 'sum', 'min', 'max', 'avg', 'single', 'first', 'last', 'type', 'ofType', 'is', 'as',
  'tail', 'take', 'skip', 'combine', 'union', 'intersect', 'exclude', 'iif', 'trace', 'defineVariable', 'repeat', 'children', 'descendants',
  'toInteger', 'toLong', 'toDecimal', 'toString', 'toDate', 'toDateTime', 'toTime', 'toBoolean', 'toQuantity', 'hasValue', 'getValue',
  'convertsToBoolean', 'convertsToInteger', 'convertsToLong', 'convertsToDecimal', 'convertsToString', 'convertsToDate', 'convertsToDateTime', 'convertsToTime', 'convertsToQuantity',
  'indexOf', 'lastIndexOf', 'substring', 'startsWith', 'endsWith', 'contains', 'upper', 'lower', 'replace', 'matches', 'matchesFull', 'replaceMatches', 'length', 'toChars', 'join', 'split', 'trim',
  'encode', 'decode', 'escape', 'unescape', 'abs', 'ceiling', 'exp', 'floor', 'ln', 'log', 'power', 'round', 'sqrt', 'truncate', 'lowBoundary', 'highBoundary',
  'now', 'today', 'timeOfDay', 'yearOf', 'monthOf', 'dayOf', 'hourOf', 'minuteOf', 'secondOf', 'millisecondOf', 'timezoneOffsetOf', 'dateOf', 'timeOf', 'comparable', 'conformsTo',
]);
