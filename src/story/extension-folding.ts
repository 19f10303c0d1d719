import type { Extension } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { normaliseText } from '../fhir/normalise-text.ts';
import { addressFolding } from './address-folding.ts';
import { bestCase } from './best-case.ts';
import { codedFolding, codingFolding } from './concept-folding.ts';
import type { Folding } from './fold.ts';
import { joinEither } from './fold.ts';
import { joinRest } from './join-rest.ts';

/** Extensions with one url: coded values by their codes, texts and addresses up to how they are written, others if they are equal. */
export const extensionFolding: Folding<Extension> = {
  size: (extension) => canonicalJson(extension).length,
  join(host, other) {
    if (canonicalJson(host) === canonicalJson(other)) return host;
    const rest = joinRest(host, other, ['valueCodeableConcept', 'valueCoding', 'valueAddress', 'valueString']);
    const value = joinValues(host, other);
    return rest && value && { ...host, ...rest, ...value };
  },
};

function joinValues(host: Extension, other: Extension): Partial<Extension> | undefined {
  if (host.valueCodeableConcept && other.valueCodeableConcept) {
    const valueCodeableConcept = joinEither(codedFolding, host.valueCodeableConcept, other.valueCodeableConcept);
    return valueCodeableConcept && { valueCodeableConcept };
  }
  if (host.valueCoding && other.valueCoding) {
    const valueCoding = joinEither(codingFolding, host.valueCoding, other.valueCoding);
    return valueCoding && { valueCoding };
  }
  if (host.valueAddress && other.valueAddress) {
    const valueAddress = joinEither(addressFolding, host.valueAddress, other.valueAddress);
    return valueAddress && { valueAddress };
  }
  if (host.valueString === undefined || other.valueString === undefined) return undefined;
  return normaliseText(host.valueString) === normaliseText(other.valueString) ? { valueString: bestCase(host.valueString, [other.valueString]) } : undefined;
}
