import { strings } from '../../strings.ts';
import { Absent } from '../parts/arrival.tsx';
import { Section } from '../parts/card.tsx';
import { Items } from '../parts/items.tsx';
import type { ItemView } from '../parts/item-view.ts';
import { Link } from 'react-router';
import type { LineView } from '../story/told-once-view.ts';

/** Documents that were signed, as the story tells them, and whatever else organisations sent as a document. */
export function Documents({ signed, others, citizen }: { signed: readonly LineView[]; others: readonly ItemView[]; citizen: string }) {
  return (
    <Section name="documents" heading={strings.person.sections.documents}>
      {signed.length + others.length === 0 ? <Absent /> : null}
      {signed.length === 0 ? null : (
        <ul className="os-items">
          {signed.map(({ text, by, record, ended }, at) => (
            <li className="os-item os-fact" key={`${at} ${text}`}>
              {record === undefined ? text : <Link to={`/person/${citizen}/${record}`}>{ended ? text : <strong>{text}</strong>}</Link>}
              <p className="os-origin">{by}</p>
            </li>
          ))}
        </ul>
      )}
      {others.length === 0 ? null : <Items items={others} citizen={citizen} />}
    </Section>
  );
}
