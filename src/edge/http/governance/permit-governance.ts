import type { Problem } from '../../../fhir/problem.ts';
import type { Requester, SharingRole } from '../../../fhir/sharing.ts';

const scope = /^user\/(?:\*|Contract)\.(c?r?u?d?s?)$/;

/** Whether a person of one of these roles, whose token covers this of Contracts (`s` to see the register, `u` to change it), may come in at all. */
export function permitGovernance(roles: readonly SharingRole[], letter: 's' | 'u'): (requester: Requester) => Problem | null {
  return ({ role, scopes }) => {
    if (!roles.includes(role)) {
      return { category: 'forbidden', code: 'governance-role-required', text: 'This is for those who answer for the agreements.', expected: `the role ${roles.join(' or ')}` };
    }
    return scopes.some((text) => scope.exec(text)?.[1]?.includes(letter)) ? null
      : { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: `a scope such as user/Contract.${letter}` };
  };
}
