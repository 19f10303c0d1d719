import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Feed } from '../types.ts';
import type { Entry } from './bundle-entries.ts';
import { directoryTypes } from './bundle-schema.ts';

/** Elements that say whose record a resource is. */
const subjects = ['subject', 'patient', 'for'];

/** A record about anybody else than the Bundle's person, or about somebody this sender has not named, is refused: it would be filed under the wrong one. */
export function subjectProblems(resources: ReadonlyMap<Entry, JsonObject>, personKey: string, { partner }: Feed): Problem[] {
  return [...resources].flatMap(([{ pointer }, resource]) => subjects.flatMap((element): Problem[] => {
    const reference = resource[element];
    if (!isJsonObject(reference) || directoryTypes.has(textOf(reference['type']))) return [];
    const { identifier } = reference;
    if (isJsonObject(identifier) && identifier['system'] === `${partner.identifierBase}/person` && identifier['value'] === personKey) return [];
    return [{ ...aboutAnother, at: { pointer: `${pointer}/${element}` } }];
  }));
}

const aboutAnother: Problem = {
  category: 'unprocessable', code: 'record-about-another', text: 'The resource is not about the person this Bundle is about.', expected: 'the Bundle\'s Patient, or the sender\'s own identifier of that person',
  fix: 'Send records of another person in a Bundle of their own.',
};
