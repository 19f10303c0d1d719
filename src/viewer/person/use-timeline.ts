import { useMemo } from 'react';
import { readTimeline } from './read-timeline.ts';
import { usePages } from './use-pages.ts';

/** Patient/{citizen}/$timeline: what happened, each event once, as far as it has arrived. */
export function useTimeline(citizen: string) {
  const pages = usePages(timelineKey(citizen), `Patient/${citizen}/$timeline?_count=200`);
  const { arrived } = pages;
  const timeline = useMemo(() => readTimeline(arrived ?? []), [arrived]);
  return { ...pages, timeline };
}

export function timelineKey(citizen: string): readonly [what: string, citizen: string] {
  return ['timeline', citizen];
}
