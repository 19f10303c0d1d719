/** Words of the choices people made about sharing. */
export const choices = {
  register: {
    title: 'Choices', intro: 'What people decided about sharing, the newest decision first, as far as you oversee it. A person’s page shows all of theirs, and there they are recorded and ended.', find: 'Find a person to record or end a choice',
    which: 'Which choices', counting: 'That count', ended: 'Ended', none: 'No such choice is recorded that you may see.', more: 'Show more', what: 'Choice', unknown: 'Somebody you may not see',
  },
  heading: 'Choices about sharing', none: 'No choice about sharing is recorded. The agreements alone decide.',
  intro: 'What this person decided, each with who recorded it. Only the organisation that recorded a choice changes it. Of what one organisation recorded the latest decision counts; between organisations, the stricter.',
  kinds: { deny: 'Objects to sharing', permit: 'Agrees to sharing', agreements: 'Leaves it to the agreements, with exceptions', 'national-opt-out': 'National data opt-out: nothing beyond their own care', 'type-1-opt-out': 'Type 1 opt-out: the practice’s record for nothing beyond their own care', unknown: 'Another choice' } as Readonly<Record<string, string>>,
  states: { active: 'Recorded', inactive: 'Ended', draft: 'Not decided yet', proposed: 'Not decided yet', rejected: 'Rejected', 'entered-in-error': 'Entered in error' } as Readonly<Record<string, string>>,
  facts: { decided: 'Decided', recorded: 'Recorded', by: 'Recorded by', exceptions: 'Exceptions' }, whole: 'Word for word',
  end: { open: 'End this choice', send: 'End it', done: 'Ended. It no longer counts, from the next request on. What the same organisation recorded earlier does not come back.', say: 'It is kept as something that once counted.', sure: 'The person has asked for this', notSure: 'Say that the person has asked for this' },
  record: {
    open: 'Record a choice', send: 'Record it', done: 'Recorded. From the next request on it takes the place of what your organisation recorded before, everywhere.', what: 'What did the person decide?',
    options: [['deny', 'They object to sharing their record', 'Nothing is shared with other organisations, except in an emergency'], ['permit', 'They agree to sharing', 'Opens what needs an explicit yes, such as help by voluntary organisations'], ['national-opt-out', 'National data opt-out', 'Nothing is used beyond their own care']],
    decided: 'When they decided', decidedHint: 'For example 05-Apr-2026 or 5 4 2026', noWhat: 'Say what the person decided', noDate: 'Say on which day they decided, not in the future',
  },
} as const;
