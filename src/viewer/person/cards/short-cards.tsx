import { strings } from '../../strings.ts';
import { Absent } from '../parts/arrival.tsx';
import { AndMore, Card } from '../parts/card.tsx';
import { PhoneText } from '../parts/phone-text.tsx';
import type { StoryViews } from '../record-view.ts';

const words = strings.person.short;
const most = { alerts: 3, coming: 3, once: 4 };

/** Under the banner: what must not be overlooked, in one line; nothing where there is none, which the part below says in words. */
export function AlertsLine({ views }: { views: StoryViews | undefined }) {
  const inForce = (views?.alerts.lines ?? []).filter(({ ended, code }) => !ended && code !== 'no-known-allergy');
  if (inForce.length === 0) return null;
  return (
    <p className="os-alerts" data-alerts>
      <strong>{strings.person.sections.alerts}</strong> {inForce.slice(0, most.alerts).map(({ text }) => text).join('; ')} <a href="#alerts">{inForce.length > most.alerts ? words.moreAlerts(inForce.length - most.alerts) : words.alerts}</a>
    </p>
  );
}

/** What is coming next, in short. */
export function ComingCard({ views }: { views: StoryViews | undefined }) {
  const lines = views?.coming.lines ?? [];
  return (
    <Card name="coming-short" heading={strings.person.sections.coming} more={[words.coming, '#coming-next']}>
      {lines.length === 0 ? <Absent {...(views?.coming.empty !== undefined && { text: views.coming.empty })} /> : <ul>{lines.slice(0, most.coming).map(({ text }, at) => <li key={`${at} ${text}`}><PhoneText text={text} /></li>)}</ul>}
      <AndMore count={lines.length - most.coming} to="#coming-next" />
    </Card>
  );
}

/** What the person need not be asked again, in short; below it can be said to be still right. */
export function ToldOnceCard({ views }: { views: StoryViews | undefined }) {
  const lines = (views?.once.facts ?? []).flatMap((fact) => fact.lines);
  return (
    <Card name="once-short" heading={strings.person.sections.toldOnce} more={[words.once, '#told-once']}>
      {lines.length === 0 ? <Absent {...(views?.once.empty !== undefined && { text: views.once.empty })} /> : <ul>{lines.slice(0, most.once).map((text, at) => <li key={`${at} ${text}`}><PhoneText text={text} /></li>)}</ul>}
      <AndMore count={lines.length - most.once} to="#told-once" />
    </Card>
  );
}
