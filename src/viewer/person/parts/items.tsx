import { Link } from 'react-router';
import { Bounded } from '../../ui/bounded.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Absent } from './arrival.tsx';
import type { ItemView } from './item-view.ts';
import { ToldBy } from './told-by.tsx';

const limit = 6;

/** Entries of a section; each leads to its own page. */
export function Items({ items, citizen, level = 3 }: { items: readonly ItemView[]; citizen: string; level?: 3 | 4 }) {
  if (items.length === 0) return <Absent />;
  return (
    <Bounded items={items} limit={limit}>
      {(shown) => <ul className="os-items">{shown.map((item) => <Item item={item} citizen={citizen} level={level} key={`${item.type}/${item.id}`} />)}</ul>}
    </Bounded>
  );
}

function Item({ item: { id, type, title, state, facts, told }, citizen, level }: { item: ItemView; citizen: string; level: 3 | 4 }) {
  const Heading = level === 3 ? 'h3' : 'h4';
  return (
    <li className="os-item">
      <Heading className="os-item__title"><Link to={`/person/${citizen}/${type}/${id}`}>{title}</Link> <span className="os-item__state">{state}</span></Heading>
      <Facts facts={facts.map(({ label, value }) => [label, value])} />
      <ToldBy told={told} citizen={citizen} />
    </li>
  );
}
