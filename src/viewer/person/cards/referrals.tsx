import { strings } from '../../strings.ts';
import { Section } from '../parts/card.tsx';
import type { ItemView } from '../parts/item-view.ts';
import { Items } from '../parts/items.tsx';

/** Who asked whom for what, and what became of it. */
export function Referrals({ referrals, citizen }: { referrals: readonly ItemView[]; citizen: string }) {
  return <Section name="referrals" heading={strings.person.sections.referrals}><Items items={referrals} citizen={citizen} /></Section>;
}
