import { join } from 'node:path';
import type { PlacedProblem } from '../../flow/mapping/place-problem.ts';

const mostShown = 100;
/** of the same mistake at the same rule */
const mostAlike = 5;

/** Problems as lines for a person; more than a hundred, or the same one again and again, end in counts. `folder` is where the maps lie. */
export function sayProblems(folder: string, problems: readonly PlacedProblem[]): string[] {
  const { shown, more } = chooseShown(problems);
  const counts = new Map([...Map.groupBy(problems, likeness)].map(([alike, all]) => [alike, all.length]));
  return [...shown.flatMap((problem) => sayProblem(folder, problem, counts.get(likeness(problem)) ?? 1)), ...more.map(({ code, at, count }) => `${at}  and ${count} more ${code}`)];
}

/** What is shown one by one, and what is only counted. */
export function chooseShown(problems: readonly PlacedProblem[]): { shown: PlacedProblem[]; more: { code: string; at: string; count: number }[] } {
  const shown: PlacedProblem[] = [];
  const more = new Map<string, { code: string; at: string; count: number }>();
  for (const alike of Map.groupBy(problems, likeness).values()) {
    const kept = alike.slice(0, Math.min(mostAlike, mostShown - shown.length));
    shown.push(...kept);
    const [first] = alike;
    const key = `${first?.code} ${first?.at.file}`;
    const count = alike.length - kept.length;
    if (first && count > 0) more.set(key, { code: first.code, at: first.at.file, count: count + (more.get(key)?.count ?? 0) });
  }
  return { shown, more: [...more.values()] };
}

function likeness({ code, at, map }: PlacedProblem): string {
  return JSON.stringify([code, at.file, at.field, map?.file, map?.line, map?.column]);
}

/** Where in the file, which field, what it holds, what is wrong; below it the rule, what was expected and how to mend it, and how many it mends. */
function sayProblem(folder: string, { severity, code, text, at, value, expected, fix, map }: PlacedProblem, alike: number): string[] {
  const place = [at.part === undefined ? at.file : `${at.file} ${at.part}`, at.line, at.column].filter((part) => part !== undefined).join(':');
  const row = at.row === undefined ? '' : ` (row ${at.row})`;
  const field = at.pointer ?? at.field ?? at.element ?? '';
  return [
    `${place}${row}  ${field === '' ? '' : `${field} `}${value === undefined ? '' : `"${value}" `} ${severity.toUpperCase()}  ${code}`.replace(/ {3,}/g, '  ') + `  ${text}`,
    ...(map ? [`    map       ${join(folder, map.file)}:${map.line}:${map.column}  ${map.text}`] : []),
    ...(at.element === undefined ? [] : [`    makes     ${at.element}`]),
    ...(expected === undefined ? [] : [`    expected  ${expected}`]),
    ...(fix === undefined ? [] : [`    fix       ${fix}${alike > 1 ? ` (${alike} alike in this file)` : ''}`]),
  ];
}
