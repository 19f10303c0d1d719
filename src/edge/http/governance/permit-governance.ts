import type { Problem } from '../../../fhir/problem.ts';
import type { Requester, SharingRole } from '../../../fhir/sharing.ts';

const scope = /^user\/(\*|[A-Za-z]+)\.(c?r?u?d?s?)$/;

/**
 * Whether a person of one of these roles, whose token covers this of Contracts (`s` to see the register, `u` to change it),
 * of Tasks for reviews, of AuditEvents for the log, or of Patients for answers to people, may come in at all.
 */
export function permitGovernance(roles: readonly SharingRole[], letter: 's' | 'u', type: 'Contract' | 'Task' | 'AuditEvent' | 'Patient' = 'Contract'): (requester: Requester) => Problem | null {
  return ({ role, scopes }) => {
    if (!roles.includes(role)) {
      return { category: 'forbidden', code: 'governance-role-required', text: 'This is for those who answer for sharing.', expected: `the role ${roles.join(' or ')}` };
    }
    return scopes.some((text) => covers(text, type, letter)) ? null
      : { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: `a scope such as user/${type}.${letter}` };
  };
}

function covers(text: string, type: string, letter: string): boolean {
  const [, of, letters = ''] = scope.exec(text) ?? [];
  return (of === '*' || of === type) && letters.includes(letter);
}
