import { useMemo } from 'react';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Problem } from '../ui/problem.tsx';
import { Section } from './card.tsx';
import { Disagreements } from './disagreements.tsx';
import { sectionIn } from './read-told-story.ts';
import { ToldOnce } from './told-once.tsx';
import { ToldLines } from './told-lines.tsx';
import { disagreementsOf, linesOf, toldOnceOf } from './told-once-view.ts';
import { useToldStory } from './use-told-story.ts';

const words = strings.person.sections;

/** What the gateway composes across organisations: alerts, what is coming, what was told once, and where they do not agree. */
export function ToldStory({ citizen }: { citizen: string }) {
  const { data, error, isError, refetch } = useToldStory(citizen);
  const told = useMemo(() => data && {
    alerts: sectionIn(data, 'alerts'), coming: sectionIn(data, 'coming-next'), once: sectionIn(data, 'told-once'), disagreements: sectionIn(data, 'disagreements'), place: sectionIn(data, 'where-now'),
  }, [data]);
  if (isError && !told) return <Section name="alerts" heading={words.alerts}><Problem error={error} onRetry={() => void refetch()} /></Section>;
  if (!told) return <Section name="alerts" heading={words.alerts}><Loading lines={3} /></Section>;
  const disagreements = disagreementsOf(told.disagreements, told.place);
  return (
    <>
      <ToldLines name="alerts" heading={words.alerts} lines={linesOf(told.alerts)} empty={told.alerts.empty} citizen={citizen} />
      <ToldLines name="coming-next" heading={words.coming} lines={linesOf(told.coming)} empty={told.coming.empty} citizen={citizen} />
      <ToldOnce facts={toldOnceOf(told.once, new Date())} citizen={citizen}>{told.once.empty === undefined ? null : <p className="os-quiet">{told.once.empty}</p>}</ToldOnce>
      <Disagreements disagreements={disagreements}>{disagreements.length > 0 ? null : <p className="os-quiet">{strings.person.disagreements.none}</p>}</Disagreements>
    </>
  );
}
