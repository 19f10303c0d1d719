import { lowerFirst } from '../format.ts';

/** Words of possible links, and of comparing links anew. */
export const links = {
  title: 'Possible links', back: 'All possible links',
  intro: 'Pairs of records that may be about one person. The gateway joins what is certain and asks about the rest. Until somebody decides, each record stays with its own person.',
  waiting: 'Waiting', settled: 'Settled', which: 'Which pairs', older: 'Show more', none: { open: 'No pair waits for a decision.', settled: 'No pair has been settled.' },
  pair: (reference: string): string => `Pair ${reference}`,
  foundAt: 'Found', foundBy: 'By', bits: 'How alike', alike: (bits: number | null): string => (bits === null ? 'Not weighed, or part of it is hidden from you' : `${signed(bits)} (0 is even odds; each 1 doubles them)`),
  states: { open: 'Waiting', claimed: 'Taken', settled: 'Settled' } as Readonly<Record<string, string>>,
  takenBy: (name: string, until: string): string => `${name} has taken it until ${until}.`, outcomes: { same: 'One person', different: 'Two people', unsure: 'Cannot say' } as Readonly<Record<string, string>>,
  decided: (outcome: string, when: string): string => `Decided ${when}: ${lowerFirst(outcome)}.`, notDecided: 'Settled without a decision: the records are one by now, or no longer alike.',
  compare: 'The two records', field: 'Field', first: 'First record', second: 'Second record', difference: 'How they compare', oneIsHidden: 'Only one of the two records can be shown to you. A decision needs both.',
  old: 'no longer', numbersDiffer: 'two different NHS numbers',
  rows: { family: 'Surname', given: 'First names', birthDate: 'Date of birth', gender: 'Gender', address: 'Address', phone: 'Phone', email: 'Email', number: 'NHS number', died: 'Died', holders: 'Records held by' },
  levels: {
    same: 'the same', 'same-name': 'another form of the same name', swapped: 'in the place of the other name', middle: 'as a middle name', typo: 'nearly the same', initial: 'the same initial', alike: 'similar', part: 'partly the same', other: 'different', mostly: 'mostly the same', partly: 'partly the same', similar: 'similar',
    'day-month-swapped': 'day and month swapped', 'two-parts': 'two of day, month and year are the same', year: 'only the year is the same', 'years-apart': 'years apart',
  } as Readonly<Record<string, string>>,
  weight: (level: string, bits: number): string => `${level.charAt(0).toUpperCase()}${level.slice(1)}, speaks ${bits >= 0 ? 'for' : 'against'} one person (${signed(bits)})`, notCompared: 'Not compared',
  held: (why: readonly string[]): string => `They are alike enough to be joined, and were left for a person to decide because of this. ${why.join('; ')}.`,
  grades: { certain: 'by the rule of now they would be joined', possible: 'by the rule of now a person has to decide', 'certainly-not': 'by the rule of now they are two people' } as Readonly<Record<string, string>>,
  sum: (bits: number, grade: string, rule: string): string => `Together ${signed(bits)}: ${grade} (rule ${rule}).`,
  secondOpinion: 'Joining these two takes two people who think the same, because a mistake here would do much harm.',
  opinions: 'What was said of it', opinion: (by: string, outcome: string, when: string): string => `${by}, ${when}: ${outcome}`,
  claim: 'Take it to decide', claiming: 'Taking it', release: 'Give it back undecided', releasing: 'Giving it back', claimSay: 'Take the pair before you decide, so that nobody else works on it at the same time.',
  decide: { open: 'Decide', send: 'Record the decision', done: 'Recorded.', outcome: 'Are the two records about one person?', options: [['same', 'Yes, one person'], ['different', 'No, two people'], ['unsure', 'I cannot say']], reason: 'Why', reasonHint: 'One line. It is kept with the decision.', noOutcome: 'Say what you think', noReason: 'Say why' },
  undo: { open: 'Undo the decision', send: 'Undo it', done: 'Undone. The pair waits again.', reason: 'Why it was wrong', noReason: 'Say why', say: 'What was joined is taken apart again, with all that came since. The pair then waits for a new decision.' },
  run: {
    title: 'Links compared anew', link: 'Links compared anew', back: 'Possible links',
    intro: 'Past links compared with the linkage rule of now: which records it would join that are apart now, and which it would take apart that are joined. Nothing changes before you approve it, and what a person decided stays.',
    none: 'Links were never compared with another rule here.', start: 'Compare now', starting: 'Starting', look: 'Look again',
    states: { comparing: 'Being compared', compared: 'Waits for an answer', applying: 'Being applied', applied: 'Applied', 'given-up': 'Given up' } as Readonly<Record<string, string>>,
    facts: { state: 'State', rule: 'Rule', started: 'Started', startedBy: 'By', approvedBy: 'Approved by', looked: 'Records looked at', link: 'Would be joined', unlink: 'Would be taken apart', applied: 'Done', doubtful: 'Left: something speaks against it', outdated: 'Left: changed since' },
    changes: 'What would change', noChanges: 'Nothing would change.', kinds: { link: 'Join', unlink: 'Take apart' } as Readonly<Record<string, string>>,
    columns: { kind: 'Change', record: 'Record', from: 'Of citizen', to: 'To citizen', bits: 'How alike', outcome: 'What became of it' }, onItsOwn: 'one of its own', outcomes: { applied: 'Done', doubtful: 'Left: something speaks against it', outdated: 'Left: changed since' } as Readonly<Record<string, string>>, pending: 'Not yet', byRule: 'By an exact rule', more: 'Show more',
    approve: { open: 'Approve', send: 'Approve and apply', done: 'Approved. It is being applied.', say: 'Every change in the list is made, except what has changed or been decided by a person since.', sure: 'I have looked at what would change', notSure: 'Say that you have looked at what would change' },
    giveUp: 'Give it up', givingUp: 'Giving it up',
  },
} as const;

function signed(bits: number): string {
  return `${bits >= 0 ? '+' : '−'}${Math.abs(bits).toFixed(1)}`;
}
