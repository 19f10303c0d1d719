/** What somebody may think of two records that may be about one person. */
export const linkOutcomes = ['same', 'different', 'unsure'] as const;
export type LinkOutcome = (typeof linkOutcomes)[number];
