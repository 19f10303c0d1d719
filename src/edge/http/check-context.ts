import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';

/** Reads that go through the door alone, whose grant opens one citizen. */
const reads: readonly string[] = ['read', 'vread', 'history-instance', 'search-type', 'everything', 'timeline', 'story', 'summary', 'docref'];
/** What is nobody's record, and told by role. */
const byRole: readonly string[] = ['AuditEvent', 'Contract'];

/** Who may see one citizen alone reads of them, and does nothing else: no search for people by what is known of them, no emergency access, nothing of governance. */
export function checkContext({ citizen }: Requester, interaction: string, type = ''): Problem | null {
  return citizen === undefined || (reads.includes(interaction) && !byRole.includes(type)) ? null : outsideContext;
}

const outsideContext: Problem = { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: 'reads of the patient the app was launched at, or scopes of the person\'s own such as user/*.rs' };
