import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import { tryAgreement } from '../api/governance.ts';
import { formatDateTime, lowerFirst } from '../format.ts';
import { strings } from '../strings.ts';
import { Button, Select, Table } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import type { WhatIfLine, WhatIfReport } from './register-shapes.ts';
import { useOrganisations } from './use-registers.ts';

const words = strings.agreements.whatIf;

type Progress = { kind: 'idle' } | { kind: 'running'; done: number } | { kind: 'done'; report: WhatIfReport } | { kind: 'failed'; error: unknown };

/** Tries the text of an agreement on past looks: counts of what would have been otherwise, nobody named. `textOf` gives the text when it is wanted, null where there is none to try. */
export function Trial({ textOf }: { textOf: (signal: AbortSignal) => Promise<string | null> }) {
  const [since, setSince] = useState('30d');
  const [progress, setProgress] = useState<Progress>({ kind: 'idle' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => { running.current?.abort(); }, []);
  const start = async (): Promise<void> => {
    const stop = new AbortController();
    running.current = stop;
    setProgress({ kind: 'running', done: 0 });
    try {
      const text = await textOf(stop.signal);
      setProgress(text === null ? { kind: 'idle' } : { kind: 'done', report: await tryAgreement<WhatIfReport>(text, since, (done) => { setProgress({ kind: 'running', done }); }, stop.signal) });
    } catch (error) {
      setProgress(stop.signal.aborted ? { kind: 'idle' } : { kind: 'failed', error });
    }
  };
  return (
    <>
      <Select id="what-if-since" label={words.since} value={since} onChange={({ currentTarget }) => { setSince(currentTarget.value); }}>
        {words.spans.map(([value, text]) => <Select.Option value={value} key={value}>{text}</Select.Option>)}
      </Select>
      {progress.kind === 'running' ? <Button type="button" secondary onClick={() => { running.current?.abort(); }}>{words.stop}</Button> : <Button type="button" secondary onClick={() => void start()}>{words.run}</Button>}
      <p role="status">{progress.kind === 'running' ? words.running(Math.round(progress.done * 100)) : progress.kind === 'done' ? words.done(progress.report.lines.length) : ''}</p>
      {progress.kind === 'failed' ? <TextProblem error={progress.error} /> : null}
      {progress.kind === 'done' ? <Report report={progress.report} /> : null}
    </>
  );
}

/** Of a text with mistakes each is told, with its line and how to mend it. */
export function TextProblem({ error }: { error: unknown }) {
  const all = error instanceof ApiProblem ? error.all : [];
  return all.length < 2 && all[0]?.where === undefined ? <Problem error={error} /> : (
    <section className="os-notice os-notice--error" role="alert" aria-label={words.mistakes}>
      <h2>{words.mistakes}</h2>
      <ul>{all.map(({ text, where }, at) => <li key={at}>{text} {where}</li>)}</ul>
    </section>
  );
}

function Report({ report: { looks, lookedAtNobody, notJudged = 0, since, until, smallNumber, judgedByTypeAlone, replaces, lines } }: { report: WhatIfReport }) {
  const names = new Map((useOrganisations().data ?? []).map(({ key, name }) => [key, name]));
  return (
    <>
      <p>{words.judged(looks, lookedAtNobody, formatDateTime(since), formatDateTime(until))} {notJudged > 0 ? words.notJudged(notJudged) : ''} {replaces === null ? words.replacesNone : words.replaces(replaces)} {words.small(smallNumber)} {judgedByTypeAlone ? words.byType : ''}</p>
      {lines.length === 0 ? null : (
        <Table responsive caption={words.caption} captionProps={{ size: 's' }} className="os-changes-table">
          <Table.Head><Table.Row>{words.columns.map((text) => <Table.Cell key={text}>{text}</Table.Cell>)}</Table.Row></Table.Head>
          <Table.Body>{lines.map((line, at) => <Row line={line} names={names} key={at} />)}</Table.Body>
        </Table>
      )}
    </>
  );
}

function Row({ line: { effect, organisation, role, purpose, custodian, category, labels, looks, citizens, records, clause }, names }: { line: WhatIfLine; names: ReadonlyMap<string, string> }) {
  const told = (count: number | null): string => (count === null ? words.tooFew : count.toLocaleString('en-GB'));
  return (
    <Table.Row>
      <Table.Cell><strong>{words.effects[effect]}</strong></Table.Cell>
      <Table.Cell>{names.get(organisation) ?? organisation}, {lowerFirst(strings.roles[role] ?? role)}, {lowerFirst(strings.purposes[purpose] ?? purpose)}</Table.Cell>
      <Table.Cell>{names.get(custodian) ?? custodian}: {strings.agreements.categories[category] ?? category}{labels.length === 0 ? '' : ` (${labels.map((label) => strings.agreements.labels[label] ?? label).join(', ')})`}</Table.Cell>
      <Table.Cell>{told(looks)}</Table.Cell><Table.Cell>{told(citizens)}</Table.Cell><Table.Cell>{told(records)}</Table.Cell>
      <Table.Cell>{clause === undefined ? words.noClause : words.clause(clause.clause, clause.agreement, clause.version)}</Table.Cell>
    </Table.Row>
  );
}
