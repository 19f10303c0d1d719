/** What sort of thing happened, in a citizen's story. */
export const eventKinds = [
  'referral', 'stay', 'discharge', 'contact', 'episode', 'plan', 'assessment', 'task', 'team', 'appointment', 'condition', 'observation', 'document', 'record',
] as const;
export type EventKind = (typeof eventKinds)[number];
