import { useMemo } from 'react';
import { readTimeline } from './read-timeline.ts';
import { usePages } from '../parts/use-pages.ts';

/** Patient/{citizen}/$timeline: what happened, each event once, as far as it has arrived; with `at`, as it was known at the end of that day. */
export function useTimeline(citizen: string, at?: string) {
  const pages = usePages(at === undefined ? timelineKey(citizen) : [...timelineKey(citizen), at], `Patient/${citizen}/$timeline?_count=200${at === undefined ? '' : `&at=${at}`}`);
  const { arrived } = pages;
  const timeline = useMemo(() => readTimeline(arrived ?? []), [arrived]);
  return { ...pages, timeline };
}

export function timelineKey(citizen: string): readonly [what: string, citizen: string] {
  return ['timeline', citizen];
}
