/** How a case of odd looks stands. */
export const caseStates = ['new', 'asked', 'answered', 'closed'] as const;
export type CaseState = (typeof caseStates)[number];

/** What was found of the looks a case is about. */
export const caseOutcomes = ['appropriate', 'inappropriate', 'unclear'] as const;
export type CaseOutcome = (typeof caseOutcomes)[number];
