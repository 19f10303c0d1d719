import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';

/** Headers by which other gateways let a caller say who asks and for what. */
const claims: readonly { says: 'organisation' | 'role' | 'purpose'; headers: readonly string[] }[] = [
  { says: 'organisation', headers: ['X-Organisation', 'X-Organization', 'X-Organisation-Id', 'X-Organization-Id', 'X-ODS-Code'] },
  { says: 'role', headers: ['X-Role', 'X-User-Role'] },
  { says: 'purpose', headers: ['X-Purpose', 'X-Purpose-Of-Use', 'Purpose-Of-Use'] },
];

/**
 * Who asks, in which role and for which purpose is said by the token alone. A header that claims one of these may agree with
 * the token, by its code or its whole identifier; it adds nothing. One that says something else is refused before anything is
 * done, so that nobody believes they were answered in another role or for another purpose.
 */
export function checkClaimedContext(header: (name: string) => string | undefined, requester: Requester): Problem | null {
  for (const { says, headers } of claims) {
    const own = requester[says].toLowerCase();
    const claimed = headers.find((name) => {
      const said = header(name)?.trim().toLowerCase();
      return said !== undefined && said !== own && said !== own.split('|').at(-1);
    });
    if (claimed !== undefined) return { ...contradicts, at: { field: claimed }, expected: `the ${says} of the token, or no such header` };
  }
  return null;
}

const contradicts: Problem = {
  category: 'forbidden', code: 'claim-contradicts-token', text: 'A header claims an organisation, a role or a purpose that the token does not carry.',
  fix: 'Leave the header out, or ask for a token that carries what it claims.',
};
