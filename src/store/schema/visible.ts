import { purposesBeyondCare } from '../../fhir/sharing.ts';

/** Where a column of the grant is found. */
export type Column = (column: string) => string;
const ofGrant: Column = (column) => `g.${column}`;

/** The single record (`id`, `type`, `tokens`, `from_at`, `to_at`) that is asked about. */
export interface OfRecord {
  /** how a condition on it is asked in place */
  ask: (condition: (record: string) => string) => string;
  /** its id, for a function that asks; null: no record, the class as a whole */
  id: string;
  /** whether its codes and dates are known */
  known: string;
}
/** Of the row itself: it has these columns. */
export const itself = (row: string): OfRecord => ({ ask: (condition) => condition(row), id: `${row}.id`, known: 'true' });
/** Of a version `v` of a row `r`: what codes and dates a version had that is no longer is not kept, so it is not known. */
export const ofVersion: OfRecord = { ask: (condition) => `(select ${condition('t')} from ${recordIf('r', 'v.version = r.version')} t)`, id: 'r.id', known: 'v.version = r.version' };
/** Of a part of a row: of the row it names, or else the row it is a part of. */
export const ofPart = (part: string): OfRecord => ({
  ask: (condition) => `coalesce((select ${condition('t')} from citizen_row t where t.citizen_id = ${part}.citizen_id and t.id = coalesce(${part}.target, ${part}.id)), c.effect = 'deny')`,
  id: `coalesce(${part}.target, ${part}.id)`, known: 'true',
});
/** Of a class as a whole, which is no record: what is about single records denies and does not permit. */
const ofClass: OfRecord = { ask: () => `c.effect = 'deny'`, id: 'null', known: 'true' };

/** A row as the record that is asked about; of one whose codes and dates are not `known`, without them. */
export function recordIf(row: string, known: string, from = ''): string {
  return `(select ${row}.id, ${row}.type, ${['tokens', 'from_at', 'to_at'].map((column) => `case when ${known} then ${row}.${column} end as ${column}`).join(', ')}${from})`;
}

/** The limits of a choice `c` on single records. A denial reaches what cannot be compared, a permission does not. */
const reaches = (record: string): string => `(c.types is null or ${record}.type = any (c.types)) and (c.ids is null or ${record}.id = any (c.ids))
        and (c.tokens is null or coalesce(${record}.tokens && c.tokens, c.effect = 'deny')) and (c.dates_from is null or case c.effect
          when 'deny' then ${low(record)} < c.dates_until and ${high(record)} > c.dates_from else ${low(record)} >= c.dates_from and ${high(record)} <= c.dates_until end)`;
const low = (record: string): string => `least(coalesce(${record}.from_at, '-infinity'), coalesce(${record}.to_at, 'infinity'))`;
const high = (record: string): string => `greatest(coalesce(${record}.from_at, '-infinity'), coalesce(${record}.to_at, 'infinity'))`;

/**
 * What the citizen of a row chose for this grant and this row: `permits`, `denies`, `declines` (an opt-out), `objects` (a
 * denial of the whole record to everybody), or null. A denial stands unless a permission that applies is an exception to it;
 * the strictest decides, which is the first of these words by the alphabet. Mirrors src/consent/choice-effect.ts.
 */
export function choiceEffect(row: string, grant = ofGrant, record: OfRecord = ofClass): string {
  return choiceTold(row, grant, record, (effect) => `min(${effect})`);
}

/** `told`: what is told of the effects that stand and of the Consents `a` they stand in. */
function choiceTold(row: string, grant: Column, record: OfRecord, told: (effect: string) => string): string {
  return `(with a as (select c.* from choice_rule c where c.citizen_id = ${row}.citizen_id and c.live @> statement_timestamp()
      and (c.organisations is null or ${grant('organisation')} = any (c.organisations))
      and (c.roles is null or ${grant('role')} = any (c.roles)) and (c.purposes is null or ${grant('purpose')} = any (c.purposes))
      and (c.whole or (select true from sharing_class s where s.class_id = ${row}.class_id and (c.categories is null or s.category = any (c.categories))
        and (c.labels is null or s.labels && c.labels) and (c.custodians is null or s.custodian = any (c.custodians))) is true)
      and (not c.by_record or ${record.ask(reaches)}))
      select ${told("case when a.effect = 'permit' then 'permits' when a.opt_out then 'declines' when a.general then 'objects' else 'denies' end")} from a
      where a.effect = 'permit' or not exists (select from a p where (p.id = a.id and a.n = any (p.overrides))
        or (a.opt_out and p.effect = 'permit' and p.purposes is not null and p.organisations is not null)))`;
}

const choseNothing = (row: string): string => `(select true from choice_rule c where c.citizen_id = ${row}.citizen_id limit 1) is null`;
const relationshipsOf = (row: string, grant: Column): string => `relationship x where x.citizen_id = ${row}.citizen_id and x.organisation = ${grant('organisation')} and x.until > statement_timestamp()`;
/** The kinds of relationship the asking organisation has with a citizen, each once. */
export const kindsOf = (row: string, grant = ofGrant): string => `array(select distinct x.kind from ${relationshipsOf(row, grant)} order by x.kind)`;

/** How what the predicate asks about the citizen of a row is found out. */
export interface Facts {
  /** the citizen chose nothing */
  choseNothing: (row: string) => string;
  /** those relationships `x` of which a further condition holds */
  relationships: (row: string, grant: Column) => string;
  kinds: (row: string, grant: Column) => string;
  inEmergency: (row: string, grant: Column) => string;
  /** see choiceEffect; `rarely`: where it opens what is closed without it, or is an opt-out */
  effect: (row: string, grant: Column, record: OfRecord) => string;
  rarely: (row: string, grant: Column, record: OfRecord) => string;
  permitted: (row: string, grant: Column, record: OfRecord) => string;
}

/** All in place: what a view can do, which runs its functions as whoever asks it. */
const inPlace: Facts = {
  choseNothing, relationships: (row, grant) => `${relationshipsOf(row, grant)} and`, kinds: kindsOf, inEmergency: (row, grant) => emergency(`${row}.citizen_id`, grant),
  effect: choiceEffect, rarely: choiceEffect, permitted: permittingConsent,
};

const called = (name: string) => (row: string, grant: Column, { id, known }: OfRecord): string =>
  `${name}(${row}.citizen_id, ${row}.class_id, ${id}::uuid, ${known}, ${grant('organisation')}, ${grant('role')}, ${grant('purpose')})`;

/**
 * What is asked of few is asked by a function of its own: a statement's start costs by what it says, not by what it does, and with every
 * choice spelled out in it that is many times what it takes to find a row. A call is dearer than the same in place.
 */
export const rareByCall: Facts = { ...inPlace, rarely: called('choice_effect'), permitted: called('choice_permits') };
/** The same where little is asked of anybody who chose something. */
export const byCall: Facts = { ...rareByCall, effect: called('choice_effect') };

/** Of one citizen about whom the rest is known: variables `chose`, `kinds` and `access` (the reference of a live emergency access). */
const known = { relationships: () => 'unnest(kinds) x (kind) where', kinds: () => 'kinds', inEmergency: () => 'access is not null' };
export const atHand: Facts = { ...inPlace, ...known, choseNothing: () => 'not chose', permitted: called('choice_permits') };
/** The same of somebody who chose nothing: no effect is asked, so nothing opens by a choice and nothing is closed by one. */
export const withoutChoice: Facts = { ...atHand, choseNothing: () => 'true' };

/** The Consent a choice `a` stands in, with its version of now; of one that lies elsewhere the version is not known. */
const consentOf = `'Consent/' || a.id || coalesce('/_history/' || (select t.version from citizen_row t where t.citizen_id = a.citizen_id and t.id = a.id), '')`;

/** The Consent that permits a row, or null. */
export function permittingConsent(row: string, grant: Column, record: OfRecord): string {
  return choiceTold(row, grant, record, (effect) => `case when min(${effect}) = 'permits' then min(${consentOf}) end`);
}

/** How a choice denies a row and the Consent that says so, with a blank between, or null. */
function refusingConsent(row: string, grant: Column, record: OfRecord): string {
  return choiceTold(row, grant, record, (effect) => `case when min(${effect}) <> 'permits' then min(${effect} || ' ' || ${consentOf}) end`);
}

/** The same; who chose nothing is not asked further. */
export function refusedBy(row: string, grant = ofGrant, record: OfRecord = ofClass, facts = inPlace): string {
  return `case when ${facts.choseNothing(row)} then null else ${refusingConsent(row, grant, record)} end`;
}

/**
 * What the reading of a row rests on where its class can be opened in several ways: the kinds of relationship the asking
 * organisation has with its citizen, and the Consent that permits. Null of classes that are open without either.
 */
export function held(row: string, grant = ofGrant, record: OfRecord = ofClass, facts = inPlace): string {
  const classIn = (set: string): string => holds(grant(set), `${row}.class_id`);
  return `case when ${classIn('exempt')} or ${classIn('open')} then null else json_build_object(
      'kinds', ${facts.kinds(row, grant)},
      'permits', case when (${classIn('explicit')} or not ${isEmpty(grant('explicit_related'))}) and not (${facts.choseNothing(row)})
        then ${facts.permitted(row, grant, record)} end) end`;
}

/** Whether a citizen made a choice that counts and is about single records: then classes do not decide alone. */
export const choseByRecord = (citizen: string): string =>
  `(select true from choice_rule c where c.citizen_id = ${citizen} and c.by_record and c.live @> statement_timestamp() limit 1) is true`;

/** This person's live emergency access to the citizen, if any. */
function liveAccess(citizen: string, grant: Column): string {
  return `emergency_access e where e.citizen_id = ${citizen} and e.organisation = ${grant('organisation')}
      and e.person = ${grant('person')} and e.from_at <= statement_timestamp() and e.until > statement_timestamp()`;
}

/** For purposes beyond individual care an opt-out holds towards the custodian too; for all others nothing is asked. */
function notDeclined(row: string, grant: Column, record: OfRecord, facts: Facts): string {
  const beyondCare = purposesBeyondCare.map((purpose) => `'${purpose}'`).join(', ');
  return `case when ${grant('purpose')} not in (${beyondCare}) then true when ${facts.choseNothing(row)} then true else ${facts.rarely(row, grant, record)} is distinct from 'declines' end`;
}

/** Is this person's emergency access to the citizen of a row live? */
export function emergency(citizen: string, grant = ofGrant): string {
  return `(select true from ${liveAccess(citizen, grant)} limit 1) is true`;
}

/** Its reference, which marks every look under it in the audit trail. */
export function emergencyReference(citizen: string, grant = ofGrant): string {
  return `(select e.reference from ${liveAccess(citizen, grant)} order by e.until desc limit 1)`;
}

/** Whether a set of a grant holds a number: one look at its bit, however many the set has. What is not a set holds nothing. */
const holds = (set: string, number: string): string => `(case when ${number} between 0 and octet_length(${set}::bytea) * 8 - 1 then get_bit(${set}::bytea, ${number}) = 1 else false end)`;
const isEmpty = (set: string): string => `(octet_length(${set}::bytea) = 0)`;

/** Whether a grant reaches this citizen at all: what lies beyond is as if there were nothing, and is not counted as kept back either. */
export function within(citizen: string, grant = ofGrant): string {
  return `case when ${grant('only_citizen')} is null then true else ${grant('only_citizen')} is not distinct from ${citizen} end`;
}

/**
 * The door's one predicate, as SQL over a row with `citizen_id` and `class_id`, and the record it is. Every view that shows citizen rows is
 * built from it; nothing else decides. Mirrors rules 1 and 3 to 5 of the combining rules (see src/consent/combining-rules.ts):
 * classes the grant exempts from choices other than an opt-out, then open, related and consented classes, and no choice that denies; emergency
 * access stands in for a relationship and passes a general objection, nothing else. A grant of one citizen shows nothing of others.
 *
 * Wherever it stands, the grant is at hand as `g`: without a grant that holds there is no `g`, and nothing to see. `record` says how the single
 * record is asked; without it the answer is that of the class, which is right for whoever chose nothing about single records.
 *
 * Written with correlated scalar sub-selects on purpose: as `exists` inside an `or` PostgreSQL hashes every relationship
 * of the asking organisation. Most people have made no choice: that is asked first, and cheaply.
 */
export function visible(row: string, grant = ofGrant, record: OfRecord = ofClass, facts = inPlace): string {
  const classIn = (set: string): string => holds(grant(set), `${row}.class_id`);
  const related = (classes: string): string => `(select true from ${facts.relationships(row, grant)} ${holds(grant(classes), `(${row}.class_id * 16 + x.kind)`)} limit 1) is true`;
  const inEmergency = facts.inEmergency(row, grant);
  const open = `${classIn('open')} or (${isEmpty(grant('related'))} is false and ${related('related')})
      or (${classIn('related_classes')} and ${inEmergency})`;
  if (facts === withoutChoice) return `(${within(`${row}.citizen_id`, grant)} and (${classIn('exempt')} or ${open}))`;
  return `(${within(`${row}.citizen_id`, grant)} and ((${classIn('exempt')} and ${notDeclined(row, grant, record, facts)}) or (
    (${open}
      or ((${classIn('explicit')} or (${isEmpty(grant('explicit_related'))} is false and ${related('explicit_related')}))
        and ${facts.rarely(row, grant, record)} is not distinct from 'permits'))
    and case when ${facts.choseNothing(row)} then true
      else case coalesce(${facts.effect(row, grant, record)}, 'permits') when 'permits' then true when 'objects' then ${inEmergency} else false end end)))`;
}

/** A grant `g` under the policy `p` of this moment: nothing it rests on has changed or ended. */
export const grantHolds = 'g.generation = p.generation and (g.valid_until is null or g.valid_until > statement_timestamp())';

/** The classes of a grant `g`, taken out of their compressed form once and not at every row: whatever is computed is plain. */
export const classSets = ['exempt', 'open', 'related', 'explicit', 'related_classes', 'explicit_related'].map((set) => `g.${set} || '' as ${set}`).join(', ');

/**
 * The same for rows without a citizen: directory for every caller, the register of agreements by role (and to whoever oversees
 * sharing), so that those who keep it see an agreement on oversight that has ended; what is addressed to an organisation
 * for those who oversee sharing there, a job for its own client. What is addressed to nobody is seen by nobody.
 */
export function sharedWith(row: string): string {
  return `case ${row}.scope when 'directory' then g.directory when 'conformance' then true
    when 'governance' then g.governance or g.role = 'governance' when 'addressed' then g.governance and ${row}.owner = g.organisation when 'job' then ${row}.owner = g.client else false end`;
}
