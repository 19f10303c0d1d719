import { momentOf, type RowFacts } from './event-facts.ts';
import type { DischargeRule, EventDecision, EventWindows, StoryEvent, Witness } from './event-types.ts';
import { clearNearest, placeOf, sorted } from './nearest-pairs.ts';

const hourMs = 3_600_000;
/** discharges looked at before a moment, and after it */
const neighbours = 8;

interface Discharge {
  id: string;
  /** ms */
  at: number;
  /** in the words of the stay */
  from: string;
  stay: StoryEvent;
  mentions: Witness[];
}

/**
 * The end of each stay as an event of its own: those who asked for help, or took somebody in, because of it are its
 * witnesses too. Each such record mentions the one discharge that is clearly nearest, of somebody else's stay.
 */
export function findDischarges(stays: readonly StoryEvent[], facts: readonly RowFacts[], decisions: readonly EventDecision[], windows: EventWindows): StoryEvent[] {
  const discharges = sorted(stays.flatMap(dischargeOf));
  if (discharges.length === 0) return [];
  const different = new Set(decisions.filter(({ verdict }) => verdict === 'different').map(({ first, second }) => `${first} ${second}`));
  for (const one of facts) {
    const rule = windows.discharges.find(({ type, origins }) => type === one.row.type && origins.some((origin) => one.origins.includes(origin)));
    const seen = rule && dischargeSeen(one, discharges, rule, windows.clearBy);
    if (!seen || different.has(pairOf(seen.id, one.row.id))) continue;
    seen.mentions.push({ row: one.row, how: 'mentions', rule: rule.name, because: [rule.because] });
  }
  return discharges.map(({ stay, id, at, from, mentions }) => ({
    key: `discharge-${id}`, kind: 'discharge', from, at, state: 'ended', differences: [], pathways: [],
    witnesses: [{ ...stay.witnesses[0], because: [] }, ...stay.witnesses.slice(1), ...mentions],
  }));
}

export function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function dischargeOf(stay: StoryEvent): Discharge[] {
  const moment = stay.kind === 'stay' && stay.state === 'ended' && stay.to !== undefined ? momentOf(stay.to) : undefined;
  const { id } = stay.witnesses[0].row;
  return moment && stay.to !== undefined ? [{ id, at: moment.middle, from: stay.to, stay, mentions: [] }] : [];
}

function dischargeSeen(one: RowFacts, discharges: readonly Discharge[], rule: DischargeRule, clearBy: number): Discharge | undefined {
  if (!one.at) return undefined;
  const { middle, half } = one.at;
  const place = placeOf(middle, discharges);
  const possible = discharges.slice(Math.max(0, place - neighbours), place + neighbours).filter(({ at, stay }) => middle - at >= -rule.hoursBefore * hourMs - half && middle - at <= rule.hoursAfter * hourMs + half
    && stay.witnesses.every(({ row }) => row.custodian !== one.row.custodian) && (one.senders.length === 0 || one.senders.some((sender) => stay.witnesses.some(({ row }) => row.custodianReference === sender))));
  return clearNearest(middle, possible, clearBy);
}
