import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';

const odsSystem = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** Headers by which a caller may say who asks and for what: those of NHS APIs, by ODS code alone, and those of other gateways. */
const claims: readonly { says: 'organisation' | 'role' | 'purpose'; headers: readonly string[]; ods?: true }[] = [
  { says: 'organisation', headers: ['NHSD-End-User-Organisation-ODS'], ods: true },
  { says: 'organisation', headers: ['X-Organisation', 'X-Organization', 'X-Organisation-Id', 'X-Organization-Id', 'X-ODS-Code'] },
  { says: 'role', headers: ['X-Role', 'X-User-Role'] },
  { says: 'purpose', headers: ['X-Purpose', 'X-Purpose-Of-Use', 'Purpose-Of-Use'] },
];

/**
 * Who asks, in which role and for which purpose is said by the token alone. A header that claims one of these may agree with
 * the token, by its code or its whole identifier, or where it is of ODS codes by that; it adds nothing. One that says something
 * else is refused before anything is done, so that nobody believes they were answered in another role or for another purpose.
 */
export function checkClaimedContext(header: (name: string) => string | undefined, requester: Requester): Problem | null {
  for (const { says, headers, ods } of claims) {
    const own = requester[says].toLowerCase();
    const agreeing = ods ? [own.startsWith(`${odsSystem.toLowerCase()}|`) ? own.slice(odsSystem.length + 1) : null] : [own, own.split('|').at(-1)];
    for (const name of headers) {
      const said = header(name)?.trim().toLowerCase();
      if (said === undefined) continue;
      if (ods && !/^[a-z0-9]{1,12}$/.test(said)) return { ...notOds, at: { field: name } };
      if (!agreeing.includes(said)) return { ...contradicts, at: { field: name }, expected: `the ${ods ? 'ODS code of the ' : ''}${says} of the token, or no such header` };
    }
  }
  return null;
}

const notOds: Problem = { category: 'invalid', code: 'header-invalid', text: 'The header is not an ODS code.', expected: 'letters and digits, at most 12' };

const contradicts: Problem = {
  category: 'forbidden', code: 'claim-contradicts-token', text: 'A header claims an organisation, a role or a purpose that the token does not carry.',
  fix: 'Leave the header out, or ask for a token that carries what it claims.',
};
