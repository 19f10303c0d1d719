import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { useEffect, useRef, useState } from 'react';
import { follow, matchesOf, nextLink } from '../api/fhir.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { csvOf } from './csv.ts';
import { logRowOf } from './log-row.ts';
import { saveFile } from './save-file.ts';
import type { LogPagesQuery } from './use-log-pages.ts';

const words = strings.whoLooked.export;
const mostEntries = 2000;

type Progress = { kind: 'idle' } | { kind: 'reading'; count: number } | { kind: 'done'; count: number; cut: boolean } | { kind: 'failed'; error: unknown };

/** The search on show as a file: the pages already read, then the rest of them. */
export function LogExport({ query }: { query: LogPagesQuery }) {
  const [progress, setProgress] = useState<Progress>({ kind: 'idle' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => { running.current?.abort(); }, []);
  const start = async (): Promise<void> => {
    const stop = new AbortController();
    running.current = stop;
    try {
      const { events, cut } = await readAll(query.data?.pages ?? [], stop.signal, (count) => { setProgress({ kind: 'reading', count }); });
      saveFile(fileName(cut), 'text/csv;charset=utf-8', csvOf(events.map(logRowOf)));
      setProgress({ kind: 'done', count: events.length, cut });
    } catch (error) {
      setProgress(stop.signal.aborted ? { kind: 'idle' } : { kind: 'failed', error });
    }
  };
  return (
    <section className="os-log-export" aria-labelledby="log-export-heading">
      <h3 className="nhsuk-heading-s" id="log-export-heading">{words.heading}</h3>
      <p>{words.hint(mostEntries)} {words.keep}</p>
      {progress.kind === 'failed' ? <Problem error={progress.error} /> : null}
      {progress.kind === 'reading'
        ? <Button type="button" secondary onClick={() => { running.current?.abort(); }}>{words.stop}</Button>
        : <Button type="button" secondary onClick={() => void start()}>{words.button}</Button>}
      <p role="status">{said(progress)}</p>
    </section>
  );
}

function said(progress: Progress): string {
  if (progress.kind === 'reading') return words.reading(progress.count);
  if (progress.kind === 'done') return progress.cut ? words.cut(progress.count) : words.done(progress.count);
  return '';
}

async function readAll(visited: readonly Bundle<AuditEvent>[], signal: AbortSignal, told: (count: number) => void): Promise<{ events: AuditEvent[]; cut: boolean }> {
  const events = visited.flatMap(matchesOf);
  const last = visited.at(-1);
  let link = last && nextLink(last);
  while (link !== undefined && events.length < mostEntries) {
    told(events.length);
    const bundle: Bundle<AuditEvent> = await follow<AuditEvent>(link, signal);
    events.push(...matchesOf(bundle));
    link = nextLink(bundle);
  }
  return { events: events.slice(0, mostEntries), cut: link !== undefined || events.length > mostEntries };
}

/** The day it was made and whether it is whole: nothing of whom it is about. */
function fileName(cut: boolean): string {
  return `who-looked-${new Date().toISOString().slice(0, 10)}${cut ? `-newest-${mostEntries}` : ''}.csv`;
}
