/** Words of asking for emergency access, and of having it. */
export const breakGlass = {
  title: 'Emergency access to a record', need: 'I need it in an emergency',
  interruption: 'You are about to open a record that the sharing rules or the person’s wishes keep closed to you.',
  says: [
    'Do it only to prevent serious harm, with the person’s agreement, or where the law asks for it.',
    'Your name, your reason and everything you look at are written down. A second person in your organisation, and in each organisation whose information you see, reviews it afterwards.',
    'It lasts a short time, which is shown on every page. You can end it at any moment.',
  ],
  instead: 'Go back to find a person', number: 'NHS number', numberHint: '10 digits, for example 999 100 0011', born: 'Date of birth', bornHint: 'For example 05-Apr-1944 or 5 4 1944', family: 'Surname',
  reason: 'Why do you need it?', explanation: 'What has happened, in your own words', explanationHint: 'At least 15 characters. Whoever reviews it reads this.',
  open: 'Open the record', opening: 'Opening', errors: 'There is a problem',
  mistakes: { nationalInsurance: 'This looks like a National Insurance number. Enter the NHS number: 10 digits', born: 'Enter the date of birth: day, month and year', future: 'The date of birth must not be in the future', family: 'Enter the surname', reason: 'Choose why you need it', explanation: 'Say what has happened, in at least 15 characters' },
  strip: (left: string, until: string): string => `Emergency access to a record: ${left} left, until ${until}. Everything you look at is reviewed.`, stripLabel: 'Emergency access', minutes: (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`), lessThan: 'less than 1 minute',
  toRecord: 'To the record', end: 'End it now', ending: 'Ending',
} as const;
