import type { CaseSignal } from './case-rule.ts';
import type { Oddity } from './judge-looks.ts';

const sentences: { [S in CaseSignal]: (facts: Oddity['facts']) => string } = {
  'no-relationship': ({ daysBefore = 0, daysAfter = 0 }) => `Nothing tied their organisation to this person from ${daysBefore} days before the look until ${daysAfter} days after it.`,
  'own-record': ({ by }) => (by === 'list' ? 'They looked at their own record.' : 'The person has their own first name and surname, so it may be their own record.'),
  'same-address': () => 'They live at the same address as this person.',
  'same-surname': () => 'They have the same surname as this person, and few people have it.',
  colleague: () => 'This person works in the same organisation as they do.',
  prominent: () => 'This person is on the list of people others are curious about.',
  'unusual-hours': ({ hour = 0, weekend, perThousand = 0 }) => `They looked between ${clock(Number(hour))} and ${clock(Number(hour) + 1)} on ${weekend ? 'a weekend' : 'a weekday'}, when ${perThousand} in 1,000 looks of their organisation are made.`,
  'unusual-volume': ({ many = 0, usual = 0, ofHundred = 0 }) => `They had opened the records of ${many} people in the day when this was noticed. In their organisation ${ofHundred} of 100 such days have no more than ${usual}.`,
  enumeration: ({ many = 0, usual = 0, ofHundred = 0 }) => `They had asked ${many} times for somebody who is not there or not open to them. In their organisation ${ofHundred} of 100 such days have no more than ${usual}.`,
  'unreviewed-emergency': ({ days = 0 }) => `They opened this record in an emergency, and nobody has reviewed that for ${days} days.`,
};

/** One odd thing in a sentence that names nobody. */
export function sayOddity({ signal, facts }: Pick<Oddity, 'signal' | 'facts'>): string {
  return sentences[signal](facts);
}

/** How rare it is where they work. */
export function sayRarity({ signal, oneIn }: Pick<Oddity, 'signal' | 'oneIn'>): string {
  const what = signal === 'unusual-hours' || signal === 'unusual-volume' || signal === 'enumeration' ? 'person’s day' : 'look';
  if (signal === 'unreviewed-emergency' && oneIn !== null) return oneIn < 2 ? 'In their organisation most looks are made in an emergency.' : `In their organisation about 1 look in ${oneIn.toLocaleString('en-GB')} is made in an emergency.`;
  if (oneIn === null) return 'How rare that is in their organisation is not known yet.';
  return oneIn < 2 ? 'In their organisation most are like that.' : `In their organisation about 1 ${what} in ${oneIn.toLocaleString('en-GB')} is like that.`;
}

function clock(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}
