import type { Bar } from './bar.ts';
import { Table } from './nhs.ts';

/** A chart that is its own table: each figure in words with a bar beside it, and a line where the usual is. Drawn by attributes alone, so that no style is needed that the content security policy refuses. */
export function Bars({ caption, columns, bars, usual }: { caption: string; columns: readonly [label: string, value: string, bar: string]; bars: readonly Bar[]; usual?: number }) {
  const top = Math.max(1, usual ?? 0, ...bars.map(({ value }) => value));
  const share = (value: number): string => `${Math.round((1000 * value) / top) / 10}%`;
  return (
    <Table caption={caption} captionProps={{ size: 's' }} className="os-bars" firstCellIsHeader>
      <Table.Head><Table.Row>{columns.map((text) => <Table.Cell key={text}>{text}</Table.Cell>)}</Table.Row></Table.Head>
      <Table.Body>
        {bars.map(({ label, value, text }) => (
          <Table.Row key={label}>
            <Table.Cell>{label}</Table.Cell><Table.Cell>{text}</Table.Cell>
            <Table.Cell>
              <svg className="os-bars__bar" width="100%" height="16" aria-hidden="true" focusable="false">
                <rect x="0" y="2" height="12" width={share(value)} />
                {usual === undefined ? null : <line x1={share(usual)} x2={share(usual)} y1="0" y2="16" />}
              </svg>
            </Table.Cell>
          </Table.Row>
        ))}
      </Table.Body>
    </Table>
  );
}
