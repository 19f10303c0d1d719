import { hash } from 'node:crypto';
import { checkBirthDate } from '../../fhir/check-birth-date.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { validateResource } from '../../fhir/validate-resource.ts';
import { checkNumber } from './check-number.ts';

/** What a replay of 100,000 messages finds faultless in thought, it need not look at again when it is written: 16 MB. */
const mostRemembered = 1 << 19;
const digestBytes = 32;
/** places each digest may stand in */
const ways = 4;

/** Validation of what is stored: what a resource is by itself, remembered, and against today's calendar. */
export function validateAt(clock: () => Date): (resource: JsonObject) => Problem[] {
  const validate = rememberValid(validateResource);
  return (resource) => [...validate(resource), ...checkBirthDate(resource, clock()), ...checkNumber(resource)];
}

/**
 * Validation that remembers, by SHA-256 of their text, resources it found without any fault: a message says again most of
 * what a person's record says already, and validating is half the cost of taking it in. As much is kept from the first to the
 * last: where a newer one finds its places taken, the oldest of them is forgotten.
 */
export function rememberValid(validate: (resource: JsonObject) => Problem[], most = mostRemembered): (resource: JsonObject) => Problem[] {
  const setBytes = ways * digestBytes;
  const sets = Math.ceil(most / ways);
  const kept = Buffer.alloc(sets * setBytes); // one block outside the heap: what is kept is never gone through to collect garbage
  return (resource) => {
    const digest = hash('sha256', JSON.stringify(resource), 'buffer');
    const first = digest.readUInt32LE() % sets * setBytes;
    for (let at = first; at < first + setBytes; at += digestBytes) if (kept.compare(digest, 0, digestBytes, at, at + digestBytes) === 0) return [];
    const problems = validate(resource);
    if (problems.length > 0) return problems;
    kept.copyWithin(first + digestBytes, first, first + setBytes - digestBytes);
    digest.copy(kept, first);
    return [];
  };
}
