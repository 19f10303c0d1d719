/** Words of reviews of emergency access. */
export const emergency = {
  title: 'Emergency access', back: 'All emergency access',
  intro: 'Every emergency access is looked at afterwards by a second person in each organisation concerned. Here is what waits, the longest first. The person whose record it was is not named in the list.',
  which: 'Which', waiting: 'To be reviewed', reviewed: 'Reviewed', more: 'Show more', none: { open: 'No emergency access waits for a review.', reviewed: 'No emergency access has been reviewed.' },
  opened: (name: string, role: string, organisation: string): string => `${name}, ${role}, ${organisation}`,
  facts: { openedBy: 'Opened by', openedAt: 'Opened', until: 'Until', reason: 'Reason', explanation: 'In their words', waits: 'Waits' },
  live: 'Still open', over: 'Over', days: (days: number): string => (days === 0 ? 'since today' : days === 1 ? 'for 1 day' : `for ${days} days`),
  reasons: {
    'person-agrees': 'The person agreed', 'serious-harm-person': 'Risk of serious harm to the person', 'serious-harm-other': 'Risk of serious harm to somebody else', 'legal-duty': 'Legal duty',
  } as Readonly<Record<string, string>>,
  looks: 'What was looked at', noLooks: 'Nothing that you may see was looked at under it.', moreLooks: 'There are more looks than are shown here.', records: 'Sorts of information',
  reviews: 'Reviews', open: 'Not reviewed yet',
  outcomes: { appropriate: 'Appropriate', 'not-appropriate': 'Not appropriate', 'needs-follow-up': 'Needs follow-up' } as Readonly<Record<string, string>>,
  reviewedBy: (name: string, when: string): string => `${name}, ${when}`,
  review: { open: 'Review it', send: 'Record the review', done: 'Recorded.', outcome: 'What did you find?', options: [['appropriate', 'It was appropriate'], ['not-appropriate', 'It was not appropriate'], ['needs-follow-up', 'It needs follow-up']], note: 'What you found', noteHint: 'One line. It stays with the review.', noOutcome: 'Say what you found', noNote: 'Say in words what you found' },
  revoke: { open: 'End it now', send: 'End it', done: 'Ended. The next request under it is refused.', say: 'Whoever opened it sees nothing more under it, from their next request on.' },
  notAsked: 'Your organisation was not asked to review this one.',
} as const;
