import type { CodeableConcept, Consent } from '@medplum/fhirtypes';
import { rangeOf } from '../fhir/date-range.ts';
import type { Problem } from '../fhir/problem.ts';
import { purposesBeyondCare, type OrganisationKey } from '../fhir/sharing.ts';
import { choicePeriod } from './choice-period.ts';
import { contradictory, notSupported, pointerTo } from './choice-problems.ts';
import { choiceRules, type ChoiceBase } from './choice-rules.ts';
import { choiceSource } from './choice-source.ts';
import type { Choice, ChoiceKind, ChoiceLimits } from './types.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const loinc = 'http://loinc.org';
const consentScope = 'http://terminology.hl7.org/CodeSystem/consentscope';
const optOutSystem = 'https://fhir.bicp.example/CodeSystem/opt-out';
const optOuts: readonly ChoiceKind[] = ['national-opt-out', 'type-1-opt-out'];
const categories = { [actCode]: ['INFA', 'IDSCL'], [loinc]: ['59284-0'] };
const bases: Readonly<Record<string, ChoiceBase>> = { OPTOUT: 'deny', OPTOUTE: 'deny', OPTIN: 'permit', OPTINR: 'permit', IMPLIED: 'agreements' };
/** Not said yet, or said by mistake: it counts for nothing, and what was said before it holds. */
const voidStatuses: readonly string[] = ['draft', 'proposed', 'rejected', 'entered-in-error'];
/** More than this helps nobody; the rest is cut. */
const maxProblems = 100;

/** What a Consent that counts for something says of its kind: a choice, or that there is none any more. `source`: see choiceSource. */
export type ReadChoice = { choice: Choice } | { withdrawn: Pick<Choice, 'kind' | 'decidedAt'> & { source: string } } | { void: true } | { problems: Problem[] };

/**
 * A FHIR R4 Consent → the choice it records; its withdrawal (status inactive); nothing (a draft, a proposal, rejected,
 * entered in error); or all that is wrong with it. Nested provisions are exceptions to the one around them. What cannot be
 * applied exactly is refused and never read as something near it: a narrower objection taken for a whole one, or a permission
 * taken for a wider one, would both be wrong. Not checked here: whether the organisations and records named exist.
 *
 * `recorder`: the organisation that recorded it, whose own records a Type 1 opt-out is about.
 */
export function choiceFromConsent(consent: Consent, recorder: OrganisationKey): ReadChoice {
  const problems = modifierProblems(consent);
  const decidedAt = decidedAtOf(consent, problems);
  const kind = kindOf(consent);
  if (problems.length === 0 && consent.status === 'inactive') return { withdrawn: { kind, decidedAt, source: sourceOf(consent, kind) } };
  if (problems.length === 0 && voidStatuses.includes(consent.status)) return { void: true };
  if (![...voidStatuses, 'active', 'inactive'].includes(consent.status)) problems.push(notSupported('/status', { text: 'Only a choice that was made can be recorded.', expected: 'active, or inactive to withdraw', fix: 'Send it as active once the person has decided.' }));
  checkScope(consent, problems);
  const choice = { kind, decidedAt, ...choicePeriod(consent.provision?.period, '/provision/period', problems) };
  const rules = kind === 'sharing' ? rulesOfSharing(consent, problems) : rulesOfOptOut(consent, kind, recorder, problems);
  return problems.length > 0 ? { problems: firstOf(problems) } : { choice: { ...choice, rules } };
}

/** What is withdrawn need not be said in full: what is not understood is a word about the record as a whole. */
function sourceOf(consent: Consent, kind: ChoiceKind): string {
  const problems: Problem[] = [];
  const rules = kind === 'sharing' ? rulesOfSharing(consent, problems) : [];
  return problems.length > 0 ? '' : choiceSource({ rules });
}

/** Two readers may have found the same at one place, as with a period. */
function firstOf(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()].slice(0, maxProblems);
}

/** An opt-out names itself; whatever else a Consent is, it is about sharing. */
function kindOf({ category }: Consent): ChoiceKind {
  const codes = (Array.isArray(category) ? category : []).flatMap(({ coding }) => (Array.isArray(coding) ? coding : [])).filter(({ system }) => system === optOutSystem).map(({ code }) => code);
  return optOuts.find((kind) => codes.includes(kind)) ?? 'sharing';
}

/** What is dated by the day is decided by its end at the latest. */
function decidedAtOf({ dateTime }: Consent, problems: Problem[]): Date | null {
  if (dateTime === undefined) return null;
  const range = rangeOf(dateTime);
  if (!range) problems.push(notSupported('/dateTime', { text: 'This is not a date that exists.', expected: 'a FHIR date or time', fix: 'Say when the person decided, or leave it out.' }));
  return range ? new Date(Date.parse(range.to) - 1) : null;
}

function rulesOfSharing(consent: Consent, problems: Problem[]): Choice['rules'] {
  checkCategories(consent, problems);
  const base = baseOf(consent, problems);
  return choiceRules(consent.provision, base ?? 'deny', problems);
}

/** An opt-out says one thing, the same for everybody: its form leaves nothing to say but from when until when. */
function rulesOfOptOut({ category, policyRule, provision }: Consent, kind: ChoiceKind, recorder: OrganisationKey, problems: Problem[]): Choice['rules'] {
  const form = { expected: `category RESEARCH of ${actCode} and ${kind} of ${optOutSystem}, policyRule OPTOUT, and no provision but its type and period`, fix: 'Say in a Consent of its own what else the person decided.' };
  category.forEach((each, i) => {
    if (!isOneOf(each, { [actCode]: ['RESEARCH'], [optOutSystem]: [kind] })) problems.push(notSupported(`/category/${i}`, { text: 'This category does not belong to an opt-out.', ...form }));
  });
  if (!category.some((each) => isOneOf(each, { [actCode]: ['RESEARCH'] }))) problems.push(notSupported('/category', { text: 'The opt-out does not say that it is about research and planning.', ...form }));
  if (!isOneOf(policyRule, { [actCode]: ['OPTOUT'] })) problems.push(notSupported('/policyRule', { text: 'An opt-out opts out.', ...form }));
  if (provision?.type !== undefined && provision.type !== 'deny') problems.push(contradictory('/provision/type', { text: 'An opt-out denies.', ...form }));
  for (const key of Object.keys(provision ?? {}).filter((each) => !['id', 'extension', 'type', 'period'].includes(each))) {
    problems.push(notSupported(pointerTo('/provision', key), { text: 'An opt-out has no limits and no exceptions of its own.', ...form }));
  }
  const limits: ChoiceLimits = { purposes: purposesBeyondCare, ...(kind === 'type-1-opt-out' && { custodians: [recorder] }) };
  return [{ effect: 'deny', limits, ...choicePeriod(provision?.period, '/provision/period', problems), overrides: [], optOut: true }];
}

/** What may turn any meaning round, and is not understood: FHIR R4 forbids to act on a resource with it, a withdrawal too. */
function modifierProblems(consent: Consent): Problem[] {
  const problems: Problem[] = [];
  const open: { value: unknown; pointer: string }[] = [{ value: consent, pointer: '' }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const [key, value] of Object.entries(next.value)) {
      const pointer = pointerTo(next.pointer, key);
      if (key === 'modifierExtension' || key === 'implicitRules' || key === '_implicitRules') {
        problems.push(notSupported(pointer, { text: 'This may change what the Consent means in a way the gateway does not know.', expected: 'no modifierExtension and no implicitRules', fix: 'Say it without.' }));
      } else open.push({ value, pointer });
    }
  }
  return problems;
}

function checkScope({ scope }: Consent, problems: Problem[]): void {
  if (!isOneOf(scope, { [consentScope]: ['patient-privacy'] })) {
    problems.push(notSupported('/scope', { text: 'This Consent is not about sharing the record.', expected: `patient-privacy of ${consentScope}`, fix: 'Record here only choices about sharing the record.' }));
  }
}

function checkCategories({ category }: Consent, problems: Problem[]): void {
  const form = { expected: `INFA or IDSCL of ${actCode}, or 59284-0 of ${loinc}; for an opt-out RESEARCH with one of ${optOuts.join(', ')} of ${optOutSystem}`, fix: 'Name one of these categories only.' };
  if (!Array.isArray(category) || category.length === 0) problems.push(notSupported('/category', { text: 'The Consent has no category.', ...form }));
  else category.forEach((each, i) => { if (!isOneOf(each, categories)) problems.push(notSupported(`/category/${i}`, { text: 'The gateway does not know this category of Consent.', ...form })); });
}

/** By policyRule; or, under a policy in words, by the type of the outermost provision. */
function baseOf({ policyRule, policy, provision }: Consent, problems: Problem[]): ChoiceBase | undefined {
  const type: unknown = provision?.type;
  if (type !== undefined && type !== 'deny' && type !== 'permit') {
    problems.push(notSupported('/provision/type', { text: 'A provision denies or permits.', expected: 'deny or permit', fix: 'Correct the type.' }));
    return undefined;
  }
  if (policyRule) return baseOfRule(policyRule, type, problems);
  if (!policy?.length) {
    problems.push(notSupported('/policyRule', { text: 'The Consent does not say what holds apart from its exceptions.', expected: ruleForm, fix: 'Add a policyRule.' }));
  } else if (type === undefined) {
    problems.push(notSupported('/provision/type', { text: 'Under a policy without a policyRule the outermost provision must say what holds.', expected: 'deny or permit', fix: 'Give it a type, or add a policyRule.' }));
  }
  return type;
}

const ruleForm = `one of ${Object.keys(bases).join(', ')} of ${actCode}`;

function baseOfRule(rule: CodeableConcept, type: 'deny' | 'permit' | undefined, problems: Problem[]): ChoiceBase | undefined {
  if (!isOneOf(rule, { [actCode]: Object.keys(bases) })) {
    problems.push(notSupported('/policyRule', { text: 'The gateway does not know this rule.', expected: ruleForm, fix: 'Name one of these rules, and the rest as provisions.' }));
    return undefined;
  }
  const named = new Set((rule.coding ?? []).filter(({ system }) => system === actCode).map(({ code }) => bases[code ?? '']));
  const [base] = named;
  if (named.size > 1) problems.push(contradictory('/policyRule', { text: 'The rule names two opposite things.', expected: ruleForm, fix: 'Name one rule.' }));
  else if (type !== undefined && type !== base) {
    problems.push(contradictory('/provision/type', {
      text: base === 'agreements' ? 'The rule leaves the record to the agreements, and the outermost provision says otherwise.' : 'The outermost provision says the opposite of the rule.',
      expected: 'no type in the outermost provision, or the one the rule has', fix: 'Put the exception into a provision inside the outermost one, or change policyRule.',
    }));
  }
  return base;
}

/** At least one coding of the systems that are known, and all of them understood; codings of other systems are translations. */
function isOneOf(concept: CodeableConcept | undefined, known: Readonly<Record<string, readonly string[]>>): boolean {
  const coding = Array.isArray(concept?.coding) ? concept.coding : [];
  const named = coding.filter(({ system }) => system !== undefined && Object.hasOwn(known, system));
  return named.length > 0 && named.every(({ system, code }) => known[system ?? '']?.includes(code ?? ''));
}
