import { strings } from '../../strings.ts';
import { PrintButton } from './print-button.tsx';
import { AsAtForm } from '../parts/as-at.tsx';

const words = strings.person.sections;
const parts = [
  ['alerts', words.alerts], ['coming-next', words.coming], ['told-once', words.toldOnce], ['disagreements', words.disagreements], ['all-contacts', words.allContacts], ['all-plans', words.allPlans],
  ['referrals', words.referrals], ['episodes', words.episodes], ['documents', words.documents], ['timeline', words.timeline], ['sources', words.sources],
] as const;

/** What is further down, and the record as at another day. */
export function Contents({ citizen }: { citizen: string }) {
  return (
    <nav className="os-contents" aria-label={words.label}>
      <ul>
        {parts.map(([id, text]) => <li key={id}><a href={`#${id}`}>{text}</a></li>)}
        <li><PrintButton citizen={citizen} /></li>
      </ul>
      <AsAtForm citizen={citizen} />
    </nav>
  );
}
