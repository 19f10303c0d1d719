import { strings } from '../strings.ts';
import { Tag } from '../ui/nhs.ts';
import type { StateOfAgreement } from './agreement-view.ts';

const colours = { 'in-force': 'green', signed: 'purple', draft: 'blue', lapsed: 'grey', terminated: 'red', unknown: 'orange' } as const;

export function StateTag({ state }: { state: StateOfAgreement }) {
  return <Tag className="os-nowrap" modifier={colours[state]}>{strings.agreements.states[state]}</Tag>;
}
