import type { DemoPartner } from './person.ts';

/** The number a partner's own system gives the nth person. */
export function localId(partner: DemoPartner, index: number): string {
  switch (partner) {
    case 'uhb': return `H${1_234_566 + index}`;
    case 'bchc': return `C${2_000_010 + index * 3}`;
    case 'bsmhft': return `M${4_000_020 + index * 7}`;
    case 'bcc': return `BCC${String(12_344 + index).padStart(7, '0')}`;
  }
}
