import type { Grant } from './types.ts';

/** The classes two grants of one requester treat differently: only rows of these can be shown or hidden by the change. */
export function changedClasses(today: Grant, then: Grant): number[] {
  const [one, other] = [ways(today), ways(then)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((classId) => one.get(classId) !== other.get(classId)).sort((a, b) => a - b);
}

/** How each class may be seen, in words that are equal when the ways are; a class that is hidden is not in it. */
function ways({ exempt, open, related, explicit, explicitRelated }: Grant): Map<number, string> {
  const found = new Map<number, string[]>();
  const add = (classId: number, way: string): void => void found.set(classId, [...(found.get(classId) ?? []), way]);
  for (const classId of exempt) add(classId, 'exempt');
  for (const classId of open) add(classId, 'open');
  for (const { classId, kinds } of related) add(classId, `related ${[...kinds].sort().join(' ')}`);
  for (const classId of explicit) add(classId, 'explicit');
  for (const { classId, kinds } of explicitRelated) add(classId, `explicit and related ${[...kinds].sort().join(' ')}`);
  return new Map([...found].map(([classId, said]) => [classId, said.join(', ')]));
}
