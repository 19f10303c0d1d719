import type { Problem } from '../../fhir/problem.ts';

/** A problem of one resource, told where it stands in the Bundle; by itself it stays as it is. */
export function within(pointer: string, problem: Problem): Problem {
  if (pointer === '') return problem;
  const { pointer: inside = '' } = problem.at ?? {};
  const path = inside.startsWith('/') ? inside : inside.replace(/^[A-Za-z]+/, '').replaceAll(/\.([A-Za-z]+)|\[(\d+)\]/g, (_, name?: string, index?: string) => `/${name ?? index ?? ''}`);
  return { ...problem, at: { ...problem.at, pointer: `${pointer}${path}` } };
}
