import type { Problem } from '../../fhir/problem.ts';

/**
 * RFC 7240: a preference may be left aside, and `respond-async` is, but for exports; who asks for strict handling beside it is told so
 * (FHIR R4 http.html#prefer).
 */
export function checkPreference(prefer: string | undefined, answersLater: boolean): Problem | null {
  return !answersLater && prefer !== undefined && /\brespond-async\b/.test(prefer) && /\bhandling=strict\b/.test(prefer) ? notLater : null;
}

const notLater: Problem = { category: 'unsupported', code: 'respond-async-unsupported', text: 'Only an export is answered later.', at: { field: 'Prefer' }, expected: 'no respond-async, or none beside handling=strict', fix: 'Leave it out: the answer comes at once.' };
