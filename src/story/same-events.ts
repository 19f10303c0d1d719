import { isOfSystem, type RowFacts } from './event-facts.ts';
import { EventGroups } from './event-groups.ts';
import type { EventDecision, EventWindows, SameEventRule } from './event-types.ts';
import { nearestPairs } from './nearest-pairs.ts';

const hourMs = 3_600_000;

/** Which records speak of one event: what a person decided first, then what takes another's place, shared identifiers, and the table's rules in their order. */
export function groupSameEvents(facts: readonly RowFacts[], decisions: readonly EventDecision[], windows: EventWindows): EventGroups {
  const ordered = [...facts].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
  const groups = new EventGroups(ordered, decisions);
  const byId = new Map(ordered.map((one) => [one.row.id, one]));
  for (const { first, second, verdict } of [...decisions].sort((a, b) => (a.first + a.second < b.first + b.second ? -1 : 1))) {
    const [a, b] = [byId.get(first), byId.get(second)];
    if (verdict === 'same' && a && b) groups.join(a, b, { rule: 'event-decided-01', because: ['a person decided'] }, true);
  }
  joinReplaced(groups, ordered, byId);
  joinByIdentifier(groups, ordered, windows);
  for (const rule of windows.same) joinByRule(groups, ordered.filter(({ kind }) => kind === rule.kind), rule, windows);
  return groups;
}

function joinReplaced(groups: EventGroups, facts: readonly RowFacts[], byId: ReadonlyMap<string, RowFacts>): void {
  for (const one of facts) {
    for (const reference of one.replaces) {
      const before = byId.get(reference.slice(reference.indexOf('/') + 1));
      if (before) groups.join(one, before, { rule: 'event-replaces-01', because: ['takes the place of the other'] }, before.row.custodian === one.row.custodian);
    }
  }
}

/** An identifier that one custodian gives to several records, such as that of a whole pathway, does not tell them apart and says nothing here. */
function joinByIdentifier(groups: EventGroups, facts: readonly RowFacts[], windows: EventWindows): void {
  const named = facts.flatMap((one) => one.identifiers
    .filter((identifier) => windows.identifiers[one.kind]?.some((system) => isOfSystem(identifier, system)))
    .map((identifier) => ({ one, name: `${one.kind} ${identifier}` })));
  for (const sharing of Map.groupBy(named, ({ name }) => name).values()) {
    const records = sharing.map(({ one }) => one);
    const [first, ...others] = records;
    if (!first || new Set(records.map(({ row }) => row.custodian)).size < records.length) continue;
    for (const other of others) groups.join(first, other, { rule: 'event-identifier-01', because: [`${first.kind} number`] });
  }
}

/** Within what must agree exactly, those of two custodians that are clearly each other's nearest, the nearest of all first. */
function joinByRule(groups: EventGroups, facts: readonly RowFacts[], rule: SameEventRule, windows: EventWindows): void {
  const sides = facts.flatMap((one) => (one.at ? sidesOf(one, rule, windows).map((side) => ({ ...side, one, id: one.row.id, at: one.at?.middle ?? 0, half: one.at?.half ?? 0 })) : []));
  const pairs = [...Map.groupBy(sides, ({ bucket }) => bucket).values()].flatMap((bucket) => {
    const bySide = [...Map.groupBy(bucket, ({ side }) => side).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => list);
    return bySide.flatMap((a, i) => bySide.slice(i + 1).flatMap((b) => nearestPairs(a, b, windows.clearBy)));
  }).filter(({ a, b, apart }) => a.one.row.custodian !== b.one.row.custodian && apart - a.half - b.half <= rule.withinHours * hourMs);
  pairs.sort((x, y) => x.apart - y.apart || (x.a.id + x.b.id < y.a.id + y.b.id ? -1 : 1));
  for (const { a, b } of pairs) groups.join(a.one, b.one, { rule: rule.name, because: [rule.because] });
}

/** Where a record stands under a rule: records of one bucket may be one event, those of one side are not. */
function sidesOf(one: RowFacts, rule: SameEventRule, windows: EventWindows): { bucket: string; side: string }[] {
  const component = partOf(one.component, rule.component, windows);
  const own = one.row.custodianReference;
  if (rule.parties === 'responsible') {
    const sorts = rule.sort ? one.sorts : [''];
    return [...new Set(one.receivers)].flatMap((organisation) => sorts.map((sort) => ({ bucket: `${organisation} ${component} ${sort}`, side: own })));
  }
  const received = one.receivers.includes(own);
  if (rule.origins) {
    if (received) return one.senders.length === 0 && one.origins.some((origin) => rule.origins?.includes(origin)) ? [{ bucket: `${own} ${component}`, side: 'receiver' }] : [];
    return one.receivers.map((to) => ({ bucket: `${to} ${component}`, side: 'sender' }));
  }
  if (received) return one.senders.map((from) => ({ bucket: `${from} ${own} ${component}`, side: 'receiver' }));
  return one.receivers.map((to) => ({ bucket: `${own} ${to} ${component}`, side: 'sender' }));
}

function partOf(component: string | undefined, agree: SameEventRule['component'], windows: EventWindows): string {
  if (agree === 'any') return '';
  const family = agree === 'family' ? windows.componentFamilies.findIndex((members) => component !== undefined && members.includes(component)) : -1;
  return family >= 0 ? `#${family}` : (component ?? '');
}
