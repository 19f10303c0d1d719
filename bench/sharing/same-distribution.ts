/**
 * How likely two samples this different are, or more, when both come from one distribution: the two-sample
 * Kolmogorov-Smirnov test with its asymptotic p-value (Numerical Recipes, 14.3), good for samples of some dozens and more.
 */
export function sameDistribution(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [[...one].sort((x, y) => x - y), [...other].sort((x, y) => x - y)];
  let [i, j, distance] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (i < a.length && (a[i] ?? Infinity) <= value) i += 1;
    while (j < b.length && (b[j] ?? Infinity) <= value) j += 1;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return tail((size + 0.12 + 0.11 / size) * distance);
}

/** Kolmogorov's distribution beyond `x`; below 0.2 the series does not settle, and everything lies beyond. */
function tail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}
