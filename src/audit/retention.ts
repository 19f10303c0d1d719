/** What a rule is about: entries about people, all other entries, the bytes partners sent, or cases of odd looks that were closed. */
export const retained = ['looks-at-people', 'other-looks', 'received-files', 'closed-cases'] as const;
export type Retained = (typeof retained)[number];

/** How long something is kept, as `mappings/oversight/retention.json` has it. */
export interface RetentionRule {
  code: string;
  /** by language */
  title: Readonly<Record<string, string>>;
  of: Retained;
  /** from when it came, or was closed; null: for ever */
  keepMonths: number | null;
  /** the law or guidance the period rests on */
  basis: string;
}

export interface RetentionRules {
  version: string;
  note: string;
  rules: readonly RetentionRule[];
}

/** Entries that others rest on: that something was erased, or must not be. They stay for as long as the log does. */
export const neverErased: readonly string[] = ['audit-redact', 'redacted', 'retention-erase', 'legal-hold-place', 'legal-hold-end'];

/** What came before this instant is due; null = nothing ever is. A month later is the same day, or the last of a shorter month. */
export function dueBefore({ keepMonths }: Pick<RetentionRule, 'keepMonths'>, now: Date): Date | null {
  if (keepMonths === null) return null;
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - keepMonths, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(now.getUTCDate(), last));
  return first;
}

/** Ascending numbers as `1-3,5`: how an entry names what was erased, and docs/verify-audit.mjs reads it. */
export function inRanges(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}
