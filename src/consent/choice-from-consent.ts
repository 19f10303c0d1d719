import type { CodeableConcept, Consent } from '@medplum/fhirtypes';
import type { Problem } from '../fhir/problem.ts';
import { choicePeriod } from './choice-period.ts';
import { contradictory, notSupported, pointerTo } from './choice-problems.ts';
import { choiceRules, type ChoiceBase } from './choice-rules.ts';
import type { Choice } from './types.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const loinc = 'http://loinc.org';
const consentScope = 'http://terminology.hl7.org/CodeSystem/consentscope';
const categories = { [actCode]: ['INFA', 'IDSCL'], [loinc]: ['59284-0'] };
const bases: Readonly<Record<string, ChoiceBase>> = { OPTOUT: 'deny', OPTOUTE: 'deny', OPTIN: 'permit', OPTINR: 'permit', IMPLIED: 'agreements' };
const withdrawnStatuses: readonly string[] = ['inactive', 'rejected', 'entered-in-error'];
/** More than this helps nobody; the rest is cut. */
const maxProblems = 100;

/**
 * A FHIR R4 Consent → the choice it records, its withdrawal (status inactive, rejected or entered-in-error), or all that is
 * wrong with it. Nested provisions are exceptions to the one around them. What cannot be applied exactly is refused and never
 * read as something near it: a narrower objection taken for a whole one, or a permission taken for a wider one, would both be
 * wrong. Not checked here: whether the organisations named exist.
 */
export function choiceFromConsent(consent: Consent): { choice: Choice } | { withdrawn: true } | { problems: Problem[] } {
  const problems = modifierProblems(consent);
  if (problems.length === 0 && withdrawnStatuses.includes(consent.status)) return { withdrawn: true };
  checkKind(consent, problems);
  const base = baseOf(consent, problems);
  const { from, until } = choicePeriod(consent, problems);
  const rules = choiceRules(consent.provision, base ?? 'deny', problems);
  return problems.length > 0 ? { problems: problems.slice(0, maxProblems) } : { choice: { rules, from, until } };
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

function checkKind({ status, scope, category }: Consent, problems: Problem[]): void {
  if (status !== 'active' && !withdrawnStatuses.includes(status)) {
    problems.push(notSupported('/status', { text: 'Only a choice that was made can be recorded.', expected: 'active, or inactive to withdraw', fix: 'Send it as active once the person has decided.' }));
  }
  if (!isOneOf(scope, { [consentScope]: ['patient-privacy'] })) {
    problems.push(notSupported('/scope', { text: 'This Consent is not about sharing the record.', expected: `patient-privacy of ${consentScope}`, fix: 'Record here only choices about sharing for care.' }));
  }
  const form = { expected: `INFA or IDSCL of ${actCode}, or 59284-0 of ${loinc}`, fix: 'Name one of these categories only.' };
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
