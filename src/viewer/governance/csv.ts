import type { LogDecision, LogRow } from './log-row.ts';

const columns = [
  'time', 'person', 'role', 'organisation', 'client', 'action', 'purpose', 'outcome', 'citizens count', 'agreement', 'version', 'clause', 'effect', 'sentence', 'kept back', 'request id',
] as const;

/**
 * Entries of the log as CSV: RFC 4180, with a byte order mark because spreadsheets take UTF-8 for something else without
 * one. One line for each decision, or one with the decision's cells empty. No cell can be taken for a formula.
 */
export function csvOf(rows: readonly LogRow[]): string {
  const lines = rows.flatMap((row) => (row.decisions.length > 0 ? row.decisions.map((decision) => lineOf(row, decision)) : [lineOf(row, undefined)]));
  return `\uFEFF${[columns, ...lines].map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')}`;
}

function lineOf(row: LogRow, decision: LogDecision | undefined): (string | undefined)[] {
  return [
    row.at, row.person, row.role, row.organisation, row.client, row.action, row.purpose, row.outcome, String(row.citizens.length),
    decision?.agreement, decision?.version, decision?.clause, decision?.effect, decision?.sentence ?? row.reason,
    row.keptBack.map(({ category, text }) => `${category}: ${text}`).join('; '), row.details.requestId,
  ];
}

/** What a spreadsheet would calculate is made text by an apostrophe in front; then quoted where its characters ask for it. */
function cellOf(value: string | undefined): string {
  const text = value ?? '';
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
