import * as demo from '../../src/demo/personas.ts';
import type { Asker } from './twin-arms.ts';

const watching = ['governance', 'privacy-officer'];
/** Everybody of the demo who may read, a feed, and the system of an organisation, behind which there is no person. Those who watch ask first: once somebody had emergency access, governance reads whose records it opened. */
export const askers: readonly Asker[] = [
  ...Object.values(demo).flat().map(({ id, role }) => ({ who: id, role })).sort((a, b) => Number(watching.includes(b.role)) - Number(watching.includes(a.role))),
  { who: 'uhb-adt', role: 'integration' }, { who: 'bchc-integration', role: 'integration' },
];
