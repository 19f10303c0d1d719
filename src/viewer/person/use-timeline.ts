import { useMemo } from 'react';
import { readTimeline } from './read-timeline.ts';
import { usePages } from './use-pages.ts';

/** Patient/{citizen}/$timeline: what happened, each event once, as far as it has arrived. */
export function useTimeline(citizen: string) {
  const { arrived, ...pages } = usePages(['timeline', citizen], `Patient/${citizen}/$timeline?_count=200`);
  const timeline = useMemo(() => readTimeline(arrived ?? []), [arrived]);
  return { ...pages, timeline };
}
