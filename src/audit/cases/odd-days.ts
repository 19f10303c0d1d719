import type { CaseRule, CaseSignal } from './case-rule.ts';
import type { Look } from './look-of.ts';
import { shareOfSlot, type Normal } from './normal.ts';

/** What one person did for one organisation on one day. */
export interface LookerDay {
  organisation: string;
  person: string;
  day: string;
  /** whose records were opened, each once; at most `mostCitizens` */
  citizens: string[];
  /** questions that met nobody */
  missed: number;
  /** what was odd already */
  signals: CaseSignal[];
}

export interface OddDay {
  signal: CaseSignal;
  facts: Readonly<Record<string, string | number>>;
}

/** Whoever opens more in a day needs no exact count to be odd. */
export const mostCitizens = 1000;

/** What has become odd about a day with this look, against the organisation's own normal. Once odd, it is told once. */
export function oddToday(look: Look, day: LookerDay, rule: CaseRule, normal: Normal): OddDay[] {
  const found = [atOddHour(look, rule, normal), tooMany('unusual-volume', day.citizens.length, normal.usual.opened, rule), tooMany('enumeration', day.missed, normal.usual.missed, rule)];
  return found.flatMap((odd) => (odd === null || day.signals.includes(odd.signal) ? [] : [odd]));
}

function atOddHour({ slot, citizen }: Look, rule: CaseRule, normal: Normal): OddDay | null {
  const { weight, rarerThan } = rule.signals['unusual-hours'];
  const share = citizen === null || weight === 0 ? null : shareOfSlot(rule, normal, slot);
  if (share === null || share >= rarerThan) return null;
  return { signal: 'unusual-hours', facts: { hour: Number(slot.slice(1)), weekend: slot.startsWith('e') ? 1 : 0, perThousand: Math.round(share * 100_000) / 100 } };
}

function tooMany(signal: 'unusual-volume' | 'enumeration', many: number, usual: number | null, rule: CaseRule): OddDay | null {
  const { weight, atLeast, timesUsual } = rule.signals[signal];
  return usual !== null && weight > 0 && many >= atLeast && many > usual * timesUsual ? { signal, facts: { many, usual, ofHundred: Math.round(rule.normal.usualOf * 100) } } : null;
}
