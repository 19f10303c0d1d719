import { hash } from 'node:crypto';
import { checkBirthDate } from '../../fhir/check-birth-date.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { validateResource } from '../../fhir/validate-resource.ts';

/** What a replay of 100,000 messages finds faultless in thought, it need not look at again when it is written: about 40 MB. */
const mostRemembered = 400_000;

/** Validation of what is stored: what a resource is by itself, remembered, and against today's calendar. */
export function validateAt(clock: () => Date): (resource: JsonObject) => Problem[] {
  const validate = rememberValid(validateResource);
  return (resource) => [...validate(resource), ...checkBirthDate(resource, clock())];
}

/**
 * Validation that remembers, by SHA-256 of their text, resources it found without any fault: a message says again most of
 * what a person's record says already, and validating is half the cost of taking it in. The oldest are forgotten.
 */
export function rememberValid(validate: (resource: JsonObject) => Problem[], most = mostRemembered): (resource: JsonObject) => Problem[] {
  const faultless = new Set<string>();
  return (resource) => {
    const key = hash('sha256', JSON.stringify(resource), 'binary');
    if (faultless.has(key)) return [];
    const problems = validate(resource);
    if (problems.length > 0) return problems;
    for (const oldest of faultless) {
      if (faultless.size < most) break;
      faultless.delete(oldest);
    }
    faultless.add(key);
    return [];
  };
}
