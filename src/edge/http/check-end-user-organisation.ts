import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';

const odsSystem = 'https://fhir.nhs.uk/Id/ods-organization-code';

/**
 * `NHSD-End-User-Organisation-ODS` as NHS APIs have it: the ODS code of the organisation that asks. Who asks is said by the
 * token alone, so the header never adds anything: it may only agree. Another code, or one where the token's organisation
 * has none, is refused, because one of the two is wrong.
 */
export function checkEndUserOrganisation(header: string | undefined, { organisation }: Requester): Problem | null {
  if (header === undefined) return null;
  const code = header.trim();
  if (!/^[A-Za-z0-9]{1,12}$/.test(code)) {
    return { category: 'invalid', code: 'header-invalid', text: 'The header is not an ODS code.', at: { field: 'NHSD-End-User-Organisation-ODS' }, expected: 'letters and digits, at most 12' };
  }
  return organisation === `${odsSystem}|${code.toUpperCase()}` ? null : contradicts;
}

const contradicts: Problem = {
  category: 'forbidden', code: 'organisation-contradicts-token', text: 'The header names another organisation than the token.', at: { field: 'NHSD-End-User-Organisation-ODS' },
  expected: 'the ODS code of the token\'s organisation', fix: 'Leave the header out, or ask for a token of the organisation it names.',
};
