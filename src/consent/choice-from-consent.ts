import type { CodeableConcept, Consent, ConsentProvision } from '@medplum/fhirtypes';
import type { Problem } from '../fhir/problem.ts';
import type { Choice } from './types.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const categories = [`${actCode}|INFA`, `${actCode}|IDSCL`, 'http://loinc.org|59284-0'];
const withdrawnStatuses: readonly string[] = ['inactive', 'rejected', 'entered-in-error'];
const supported = 'an active Consent with scope patient-privacy, category INFA, IDSCL or LOINC 59284-0, policyRule OPTOUT (or a policy), '
  + 'and a provision of type deny with nothing else in it';

/**
 * A FHIR R4 Consent → the choice it records. Understood is an objection to sharing the whole record, and its withdrawal
 * (status inactive, rejected or entered-in-error). Anything finer is refused and never read as something it is not:
 * a narrower objection taken for a whole one, or a permission taken for nothing, would both be wrong.
 */
export function choiceFromConsent(consent: Consent): { choice: Choice } | { withdrawn: true } | { problem: Problem } {
  if (withdrawnStatuses.includes(consent.status)) return { withdrawn: true };
  const pointer = unsupportedPart(consent);
  if (pointer !== undefined) return { problem: notSupported(pointer) };
  return { choice: { effect: 'deny', scope: 'whole-record', purposesExcluded: ['HOPERAT'] } };
}

/** RFC 6901 pointer to the first part that is not understood. */
function unsupportedPart(consent: Consent): string | undefined {
  if (consent.modifierExtension) return '/modifierExtension';
  if (consent.implicitRules) return '/implicitRules';
  if (consent.status !== 'active') return '/status';
  if (!has(consent.scope, ['http://terminology.hl7.org/CodeSystem/consentscope|patient-privacy'])) return '/scope';
  if (!consent.category?.length || !consent.category.every((category) => has(category, categories))) return '/category';
  if (consent.policyRule ? !has(consent.policyRule, [`${actCode}|OPTOUT`]) : !consent.policy?.length) return '/policyRule';
  return unsupportedProvision(consent.provision);
}

function unsupportedProvision(provision: ConsentProvision | undefined): string | undefined {
  if (!provision) return '/provision';
  if (provision.type !== 'deny') return '/provision/type';
  const narrowing = Object.keys(provision).find((key) => !['id', 'extension', 'type'].includes(key));
  return narrowing && `/provision/${narrowing.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function has(concept: CodeableConcept | undefined, known: readonly string[]): boolean {
  return (concept?.coding ?? []).some(({ system, code }) => known.includes(`${system}|${code}`));
}

function notSupported(pointer: string): Problem {
  return {
    category: 'unprocessable', code: 'consent-not-supported', text: 'This Consent says something the gateway cannot apply yet, so it was not stored.',
    at: { pointer }, expected: supported, fix: 'Record an objection to the whole record, or withdraw one by setting its status to inactive.',
  };
}
