import { Link } from 'react-router';
import { strings } from '../../strings.ts';
import { Details } from '../../ui/nhs.ts';
import { Unbroken } from '../../ui/unbroken.tsx';
import { Absent } from '../parts/arrival.tsx';
import { Card, Section } from '../parts/card.tsx';
import { Items } from '../parts/items.tsx';
import { PhoneText } from '../parts/phone-text.tsx';
import type { Plans as View } from './plans-view.ts';
import { shortened, type PlanGroup } from './story-plan-view.ts';
import { planChange, type LineView } from '../story/told-once-view.ts';

const words = strings.person.plans;
const most = 7;
/** Lines of a card that lead to the entry they tell of; in full all do but numbers to ring. */
const led = ['plan-reason', 'signed-document', 'what-matters', planChange];

/** The coordinated plan in short: why, what is done, when it is looked at again, whom to ring. */
export function PlansCard({ groups, empty, citizen }: { groups: readonly PlanGroup[]; empty: string | undefined; citizen: string }) {
  return (
    <Card name="plans" heading={strings.person.sections.plans} more={[words.all, '#all-plans']}>
      {groups.length === 0 ? <Absent text={empty ?? words.noActive} strong /> : groups.map((group, at) => (
        <div className="os-plan" key={`${at} ${group.title}`}>
          <h3>{group.title}</h3>
          <Lines lines={shortened(group, most)} citizen={citizen} />
        </div>
      ))}
    </Card>
  );
}

function Lines({ lines, citizen, said = false }: { lines: readonly LineView[]; citizen: string; said?: boolean }) {
  return (
    <ul className="os-plan__lines">
      {lines.map(({ text, record, by, code, ended }, at) => (
        <li key={`${at} ${text}`} className={ended ? 'os-quiet' : undefined}>
          {record !== undefined && (said ? !code.startsWith('contact') : led.includes(code)) ? <Link to={`/person/${citizen}/${record}`}><Unbroken text={text} /></Link> : <PhoneText text={text} />}
          {(said || code === planChange) && by !== '' ? <span className="os-origin"><Unbroken text={by} /></span> : null}
        </li>
      ))}
    </ul>
  );
}

/** The coordinated plan line by line with who says each, then every organisation's own plans; the ended ones folded away. */
export function AllPlans({ groups, plans: { active, waiting, ended }, citizen }: { groups: readonly PlanGroup[]; plans: View; citizen: string }) {
  return (
    <Section name="all-plans" heading={strings.person.sections.allPlans}>
      {groups.map((group, at) => (
        <section className="os-item os-fact" aria-label={group.title} key={`${at} ${group.title}`}>
          <h3 className="os-item__title">{group.title}</h3>
          <Lines lines={group.lines} citizen={citizen} said />
        </section>
      ))}
      <h3 className="nhsuk-heading-s">{words.own}</h3>
      {active.length === 0 ? <Absent text={words.noActive} /> : <Items items={active} citizen={citizen} level={4} />}
      {waiting.length === 0 ? null : <><h3 className="nhsuk-heading-s">{words.waiting}</h3><Items items={waiting} citizen={citizen} level={4} /></>}
      {ended.length === 0 ? null : (
        <Details><Details.Summary>{words.ended(ended.length)}</Details.Summary><Details.Text><Items items={ended} citizen={citizen} level={4} /></Details.Text></Details>
      )}
    </Section>
  );
}
