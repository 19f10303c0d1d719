import type { LogRow } from './log-row.ts';

export type LogItem = { kind: 'row'; row: LogRow } | { kind: 'run'; rows: [LogRow, LogRow, LogRow, ...LogRow[]] };

/** Systems that send files all night would bury the people who looked: three or more in a row are told as one. */
export function foldRuns(rows: readonly LogRow[]): LogItem[] {
  const items: LogItem[] = [];
  let run: LogRow[] = [];
  const close = (): void => {
    const [first, second, third, ...more] = run;
    if (first && second && third) items.push({ kind: 'run', rows: [first, second, third, ...more] });
    else items.push(...run.map((row) => ({ kind: 'row' as const, row })));
    run = [];
  };
  for (const row of rows) {
    if (row.kind === 'sent' && row.bySystem && row.outcome === 'accepted') {
      run.push(row);
    } else {
      close();
      items.push({ kind: 'row', row });
    }
  }
  close();
  return items;
}

/** Looks at people, without the looks at the log and at registers, and without what systems sent in. */
export function aboutPeople(rows: readonly LogRow[]): LogRow[] {
  return rows.filter(({ kind, citizens }) => !['log', 'register', 'sent'].includes(kind) || (kind !== 'log' && citizens.length > 0));
}
