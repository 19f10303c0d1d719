/** How a case of odd looks stands. */
export const caseStates = ['new', 'asked', 'answered', 'proposed', 'closed'] as const;
export type CaseState = (typeof caseStates)[number];

/** What was found of the looks a case is about; `escalated`: it was handed on to those who investigate or discipline. */
export const caseOutcomes = ['appropriate', 'inappropriate', 'unclear', 'escalated'] as const;
export type CaseOutcome = (typeof caseOutcomes)[number];

/** What one person alone does not decide of another: the first proposes it, a second agrees. */
export const outcomesOfTwo: ReadonlySet<CaseOutcome> = new Set(['inappropriate', 'unclear']);
