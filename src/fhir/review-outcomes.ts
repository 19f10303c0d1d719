/** CodeSystem emergency-review: what a second person found who reviewed emergency access. */
export const reviewOutcomes = ['appropriate', 'not-appropriate', 'needs-follow-up'] as const;
export type ReviewOutcome = (typeof reviewOutcomes)[number];
