import { Link } from 'react-router';
import { lowerFirst } from '../format.ts';
import { strings } from '../strings.ts';
import { Details } from '../ui/nhs.ts';
import { Absent } from './arrival.tsx';
import { AndMore, Card, Section } from './card.tsx';
import { Items } from './items.tsx';
import type { Plans as View, PlanView } from './plans-view.ts';

const words = strings.person.plans;
const most = 3;

/** The active plans in short: what, who, what is done, when it is looked at again. */
export function PlansCard({ plans, citizen }: { plans: View; citizen: string }) {
  const all = plans.active.length + plans.waiting.length + plans.ended.length;
  return (
    <Card name="plans" heading={strings.person.sections.plans} more={[words.all(all), '#all-plans']}>
      {plans.active.length === 0 ? <Absent text={words.noActive} strong /> : <ul>{plans.active.slice(0, most).map((plan) => <Short plan={plan} citizen={citizen} key={plan.id} />)}</ul>}
      <AndMore count={plans.active.length - most} to="#all-plans" />
    </Card>
  );
}

function Short({ plan: { id, title, who, team, done, given, review, since }, citizen }: { plan: PlanView; citizen: string }) {
  return (
    <li>
      <strong><Link to={`/person/${citizen}/CarePlan/${id}`}>{title}</Link></strong>, <span className="os-nowrap">{lowerFirst(since)}</span>
      {done === undefined ? null : <span className="os-card__line">{done}</span>}
      {given === undefined ? null : <span className="os-card__line"><span className="os-label">{words.providers}</span> {given}</span>}
      <span className="os-card__by">{who === undefined ? team : `${who.label} ${who.value}`}</span>
      {review === undefined ? null : <span className="os-card__line"><span className="os-label">{words.reviewShort}</span> {review}</span>}
    </li>
  );
}

/** Every plan: active, being prepared, and the ended ones folded away. */
export function AllPlans({ plans: { active, waiting, ended }, citizen }: { plans: View; citizen: string }) {
  return (
    <Section name="all-plans" heading={strings.person.sections.allPlans}>
      {active.length === 0 ? <Absent text={words.noActive} /> : <Items items={active} citizen={citizen} />}
      {waiting.length === 0 ? null : <><h3 className="nhsuk-heading-s">{words.waiting}</h3><Items items={waiting} citizen={citizen} level={4} /></>}
      {ended.length === 0 ? null : (
        <Details><Details.Summary>{words.ended(ended.length)}</Details.Summary><Details.Text><Items items={ended} citizen={citizen} /></Details.Text></Details>
      )}
    </Section>
  );
}
