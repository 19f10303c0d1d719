import type { Identifier } from '@medplum/fhirtypes';

export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number';

/** Both generations of the verification status in use: the two-digit codes of UK Core, and the words of its forerunner. */
const words: Readonly<Record<string, string>> = {
  'number-present-and-verified': '01',
  'number-present-but-not-traced': '02',
  'trace-required': '03',
  'trace-attempted-no-match-or-multiple-match': '04',
  'trace-needs-to-be-resolved': '05',
  'trace-in-progress': '06',
  'number-not-present-and-trace-not-required': '07',
  'trace-postponed': '08',
};

/**
 * Verification status 01..08 of an NHS number identifier; undefined when it is not said or not known.
 * Source: UK Core extension NHSNumberVerificationStatus, on the identifier.
 */
export function nhsNumberStatusOf(identifier: Identifier): string | undefined {
  const extension = identifier.extension?.find(({ url }) => /NHSNumberVerificationStatus(-\d+)?$/.test(url));
  for (const { code } of extension?.valueCodeableConcept?.coding ?? []) {
    if (code && /^0[1-8]$/.test(code)) return code;
    const known = code === undefined ? undefined : words[code];
    if (known) return known;
  }
  return undefined;
}
