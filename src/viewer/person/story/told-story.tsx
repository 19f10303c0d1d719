import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { Loading } from '../../ui/loading.tsx';
import { Section } from '../parts/card.tsx';
import { Disagreements } from './disagreements.tsx';
import type { StoryViews } from '../record-view.ts';
import { ToldLines } from './told-lines.tsx';
import { ToldOnce } from './told-once.tsx';

const words = strings.person.sections;

/** What the gateway composes across organisations: alerts, what is coming, what was told once, and where they do not agree. */
export function ToldStory({ views, failed, citizen }: { views: StoryViews | undefined; failed: ReactNode; citizen: string }) {
  if (!views) return <Section name="alerts" heading={words.alerts}>{failed ?? <Loading lines={3} />}</Section>;
  const { alerts, coming, once, disagreements } = views;
  return (
    <>
      {failed}
      <ToldLines name="alerts" heading={words.alerts} lines={alerts.lines} empty={alerts.empty} citizen={citizen} />
      <ToldLines name="coming-next" heading={words.coming} lines={coming.lines} empty={coming.empty} citizen={citizen} />
      <ToldOnce facts={once.facts} citizen={citizen}>{once.empty === undefined ? null : <p className="os-quiet">{once.empty}</p>}</ToldOnce>
      <Disagreements disagreements={disagreements}>{disagreements.length > 0 ? null : <p className="os-quiet">{strings.person.disagreements.none}</p>}</Disagreements>
    </>
  );
}
