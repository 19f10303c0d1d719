/** Words of cases of odd looks. */
export const cases = {
  title: 'Odd looks', back: 'All odd looks',
  intro: 'Looks that somebody should be asked about, put together by who looked. Most have a good reason. The people looked at are not named in the list.',
  which: 'Which', open: 'Open', closed: 'Closed', more: 'Show more', none: { open: 'No odd look waits for anybody.', closed: 'No case has been closed.' },
  case: (reference: string): string => `Case ${reference}`,
  about: (name: string, role: string, organisation: string): string => `${name}, ${role}, ${organisation}`,
  facts: { about: 'Who looked', odd: 'What was odd', keeper: 'Put to', askedBy: 'Asked by', openedAt: 'Since', lastOddAt: 'Last odd look', due: 'Due', takenBy: 'Taken by', outcome: 'Found' },
  states: { new: 'New', asked: 'Waits for an answer', answered: 'Answered', proposed: 'Waits for a second person', closed: 'Closed' } as Readonly<Record<string, string>>,
  toAnswer: 'Your organisation is asked', overdue: (day: string): string => `${day}, overdue`,
  signals: {
    'no-relationship': 'nothing tied them to the person', 'own-record': 'their own record', 'same-address': 'the same address', 'same-surname': 'the same surname', colleague: 'a colleague', prominent: 'somebody others are curious about',
    'unusual-hours': 'unusual hours', 'unusual-volume': 'unusually many people', enumeration: 'many questions that met nobody', 'unreviewed-emergency': 'emergency access nobody reviewed',
  } as Readonly<Record<string, string>>,
  outcomes: { appropriate: 'Appropriate', inappropriate: 'Not appropriate', unclear: 'It stayed unclear', escalated: 'Handed on' } as Readonly<Record<string, string>>,
  odd: 'What was odd', person: (label: string): string => `Person ${label}`, day: (label: string): string => `Day ${label}`,
  notNamed: 'You are not told who this is: nothing of your organisation was seen.', times: (looks: number, last: string): string => (looks === 1 ? last : `${looks} times, last ${last}`), moreOdd: 'There is more than is shown here.',
  who: 'Show who this is', whoSay: 'It is written down that you looked.', looks: 'The looks', replay: 'Show what was seen', of: (when: string): string => `of the look of ${when}`,
  seen: {
    heading: (when: string): string => `What was seen, ${when}`, none: 'Nothing was shown.', shown: 'Shown', records: (category: string, count: number): string => `${category} (${count})`, other: 'Not of your organisation', withheld: 'Kept back', why: 'Allowed or refused by', notFound: 'The look is no longer to be found.',
  },
  events: 'What became of it',
  event: {
    opened: 'Opened', joined: 'More came to it', take: 'Taken', ask: 'Asked', answer: 'Answered', note: 'Note', propose: 'Proposed', close: 'Closed', reopen: 'Opened again',
  } as Readonly<Record<string, string>>,
  by: (name: string | null, when: string): string => (name === null ? when : `${name}, ${when}`), answerDue: (day: string): string => `An answer is due by ${day}.`,
  take: 'Deal with it', taking: 'Taking it',
  ask: { open: 'Ask their organisation', send: 'Send the question', done: 'Asked. Their privacy officer sees the case from now on.', text: 'Your question', hint: 'One line. Their privacy officer reads it, with the looks above.', missing: 'Write what you ask' },
  answer: { open: 'Answer', send: 'Send the answer', done: 'Answered.', text: 'Your answer', hint: 'One line. Those who asked read it.', missing: 'Write your answer' },
  note: { open: 'Add a note', send: 'Keep the note', done: 'Kept.', text: 'Your note', hint: 'One line. Only those the case was put to read it.', missing: 'Write the note' },
  reopen: { open: 'Open it again', send: 'Open it again', done: 'Open again.', text: 'Why', hint: 'One line. It is kept with the case.', missing: 'Say why' },
  close: { open: 'Close it', send: 'Close the case', done: 'Kept.', outcome: 'What did you find? That looks were not appropriate, or stayed unclear, takes a second person.', options: [['appropriate', 'The looks were appropriate'], ['inappropriate', 'They were not appropriate'], ['unclear', 'It stayed unclear'], ['escalated', 'I hand them on to those who investigate']], text: 'Why', hint: 'One line. It is kept with the case, and their organisation reads it if it was asked.', noOutcome: 'Say what you found', missing: 'Say why' },
} as const;
