import { useMemo } from 'react';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Problem } from '../ui/problem.tsx';
import { Disagreements } from './disagreements.tsx';
import { sectionIn } from './read-told-story.ts';
import { ToldOnce } from './told-once.tsx';
import { disagreementsOf, toldOnceOf } from './told-once-view.ts';
import { useToldStory } from './use-told-story.ts';

/** What the gateway composes across organisations: what was told once, and where they do not agree. */
export function ToldStory({ citizen }: { citizen: string }) {
  const { data, error, isError, refetch } = useToldStory(citizen);
  const told = useMemo(() => data && { once: sectionIn(data, 'told-once'), disagreements: sectionIn(data, 'disagreements') }, [data]);
  if (isError && !told) return <ToldOnce facts={[]} citizen={citizen}><Problem error={error} onRetry={() => void refetch()} /></ToldOnce>;
  if (!told) return <ToldOnce facts={[]} citizen={citizen}><Loading lines={3} /></ToldOnce>;
  return (
    <>
      <ToldOnce facts={toldOnceOf(told.once, new Date())} citizen={citizen}>{told.once.empty === undefined ? null : <p className="os-quiet">{told.once.empty}</p>}</ToldOnce>
      <Disagreements disagreements={disagreementsOf(told.disagreements)}>{told.disagreements.empty === undefined ? null : <p className="os-quiet">{strings.person.disagreements.none}</p>}</Disagreements>
    </>
  );
}
