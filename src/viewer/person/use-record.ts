import { useMemo } from 'react';
import { recordOf } from './story.ts';
import { useTimeline } from './use-timeline.ts';
import { useToldStory } from './use-told-story.ts';

/** All there is to show of a person, in two looks: the story, and what happened. Either may come first, or fail alone. */
export function useRecord(citizen: string) {
  const told = useToldStory(citizen);
  const happened = useTimeline(citizen);
  const { data } = told;
  const { arrived } = happened;
  const story = useMemo(() => recordOf(data, arrived ?? []), [data, arrived]);
  return { told, happened, story };
}

export type PersonRecord = ReturnType<typeof useRecord>;
