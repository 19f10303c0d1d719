import { strings } from '../../strings.ts';
import { Section } from '../parts/card.tsx';
import type { ItemView } from '../parts/item-view.ts';
import { Items } from '../parts/items.tsx';

/** Episodes of care and stays. */
export function Episodes({ episodes, citizen }: { episodes: readonly ItemView[]; citizen: string }) {
  return <Section name="episodes" heading={strings.person.sections.episodes}><Items items={episodes} citizen={citizen} /></Section>;
}
