/** One bar of a chart: what it is of, how long it is, and the same in words. */
export interface Bar {
  label: string;
  value: number;
  text: string;
}
