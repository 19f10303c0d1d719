/**
 * The functions of FHIRPath that maps may call, by the fewest and the most arguments they take. What is spelt wrong, or
 * given too little, must be found when the map is compiled and not when a record comes: the library answers nothing then.
 */
const byArity: [least: number, most: number, names: string][] = [
  [0, 0, 'empty not allTrue anyTrue allFalse anyFalse isDistinct distinct count sum min max avg single first last tail type children descendants hasValue getValue'],
  [0, 0, 'toInteger toLong toDecimal toString toDate toDateTime toTime toBoolean now today timeOfDay upper lower length toChars trim abs ceiling exp floor ln sqrt truncate'],
  [0, 0, 'convertsToBoolean convertsToInteger convertsToLong convertsToDecimal convertsToString convertsToDate convertsToDateTime convertsToTime convertsToQuantity'],
  [0, 0, 'yearOf monthOf dayOf hourOf minuteOf secondOf millisecondOf timezoneOffsetOf dateOf timeOf'],
  [0, 1, 'exists toQuantity join round lowBoundary highBoundary'],
  [1, 1, 'where select all repeat subsetOf supersetOf ofType is as take skip combine union intersect exclude extension conformsTo comparable'],
  [1, 1, 'indexOf lastIndexOf startsWith endsWith contains split encode decode escape unescape log power'],
  [1, 2, 'aggregate trace defineVariable substring matches matchesFull'],
  [2, 2, 'replace replaceMatches'],
  [2, 3, 'iif'],
  [0, 100, 'sort'],
  [1, 100, 'coalesce'],
];

const known = new Map(byArity.flatMap(([least, most, names]) => names.split(' ').map((name) => [name, { least, most }] as const)));

/** What is wrong with a call, in a sentence; undefined when it may be made. */
export function checkCall(name: string, given: number): string | undefined {
  const found = known.get(name);
  if (!found) return `FHIRPath has no function ${name}`;
  if (given >= found.least && given <= found.most) return undefined;
  return `${name} takes ${found.least === found.most ? found.least : `${found.least} to ${found.most}`} arguments and is given ${given}`;
}
