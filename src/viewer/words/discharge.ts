/** Words of the list of people who are ready to leave hospital. */
export const discharge = {
  title: 'Ready to leave',
  intro: 'People whose record of a stay says that they are ready to leave the bed, whoever waits longest first, as far as you may see them. A stay whose record does not say so is not listed, even where a discharge sheet says it.',
  none: 'No stay that you may see says that somebody is ready to leave.', more: 'Show more', unknownPerson: 'Somebody you may not see',
  facts: { place: 'Where', ready: 'Ready since', pathway: 'Way out', expected: 'Expected to leave', delay: 'Reason for the delay', holds: 'With' },
  days: (days: number): string => (days <= 0 ? 'since today' : days === 1 ? '1 day' : `${days} days`),
  noOrganisation: 'Organisation not recorded',
  waits: {
    caption: 'Days waiting by organisation, of the people shown', columns: ['Organisation', 'People and days', 'Days together'] as const,
    of: (people: number, days: number, longest: number): string => `${people} ${people === 1 ? 'person' : 'people'}, ${days} ${days === 1 ? 'day' : 'days'} together${people === 1 ? '' : `, the longest ${longest}`}`,
  },
  asked: (organisation: string, what: string, day: string): string => `${organisation}, asked ${day}: ${what}`, nobody: 'No referral since the admission is recorded that you may see',
  noted: (text: string, day: string): string => `${text}, as the discharge hub noted on ${day}`, refer: 'Refer', born: 'Born', nhs: 'NHS No.',
} as const;
