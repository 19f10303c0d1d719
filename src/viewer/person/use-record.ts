import { useMemo } from 'react';
import { recordOf } from './story/story.ts';
import { useTimeline } from './timeline/use-timeline.ts';
import { useToldStory } from './story/use-told-story.ts';

/** All there is to show of a person, in two looks: the story, and what happened. Either may come first, or fail alone. `at`: a day, `YYYY-MM-DD`, as at whose end it is told. */
export function useRecord(citizen: string, at?: string) {
  const told = useToldStory(citizen, at);
  const happened = useTimeline(citizen, at);
  const { data } = told;
  const { arrived } = happened;
  const story = useMemo(() => recordOf(data, arrived ?? []), [data, arrived]);
  return { told, happened, story, at };
}

export type PersonRecord = ReturnType<typeof useRecord>;
