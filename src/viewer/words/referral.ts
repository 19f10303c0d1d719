/** Words of referring somebody, of answering a referral, and of advice given by phone. */
export const referral = {
  open: 'Refer', titleFor: 'Refer somebody', back: 'Back to the record',
  intro: 'The referral goes to the organisation you choose, under your name. Whoever receives it sees the record under their own rights: what is known already does not have to be typed again.',
  to: 'To whom', choose: 'Choose', noTo: 'Choose to whom it goes', destination: (service: string, organisation: string): string => `${service}, ${organisation}`,
  services: {
    'front-door': 'OPAL, older people at the hospital’s front door', 'community-team': 'Early intervention community team (EICT)', ucr: 'Urgent community response, within two hours (UCR)', 'bedded-care': 'Intermediate care bed', 'district-nursing': 'District nursing',
    reablement: 'Reablement', 'social-care-package': 'Adult social care', nns: 'Neighbourhood network scheme', 'virtual-ward': 'Virtual ward', spur: 'Specialist palliative urgent response',
  } as Readonly<Record<string, string>>,
  priority: 'How urgent', noPriority: 'Choose how urgent it is', kept: 'What you typed before is still here. It is kept in this window until you send it, sign out, or load the page again.', priorities: [['routine', 'Routine'], ['urgent', 'Urgent'], ['asap', 'As soon as possible']] as const,
  reason: 'What for', reasonHint: 'What you ask for, and what has happened. Filled in where the record says it: change it as you like.', noReason: 'Say what it is for',
  reach: 'How to reach you', reachHint: 'A phone number and when. Not needed where the organisation’s own number does.',
  pathway: 'Way out of hospital', noPathway: 'Not about leaving hospital',
  pathways: [['0', 'Pathway 0: home with no new support'], ['1', 'Pathway 1: home with support'], ['2', 'Pathway 2: a bed for recovery'], ['3', 'Pathway 3: a new care home place']] as const,
  along: 'What the referral points to', alongHint: 'Entries of the record, as they are now. Untick what does not belong to it.',
  known: 'What the record says already', knownSays: 'Whoever receives the referral finds this in the record. Nothing of it is copied.', nothingKnown: 'The record tells nothing yet that could be pointed to.',
  knownLabels: { where: 'Where now', plan: 'Plan', who: 'Who to talk to', once: 'Told once', alerts: 'Alerts' },
  consent: {
    heading: 'The person’s yes', says: (organisation: string): string => `${organisation} is outside the care team. With the person’s yes it sees who the person is, where they live and how to ring them, and nothing of their care: ring it to say what you ask for.`,
    sure: (organisation: string): string => `The person has said yes to telling ${organisation}`, notSure: 'Without the person’s yes nothing may be sent there', recorded: 'The yes is recorded as a choice of this person, with your organisation as who recorded it.',
  },
  send: 'Send the referral', sending: 'Sending', sent: (to: string): string => `Sent to ${to}.`, maySent: 'It may have been sent already: no answer came. Look at the referrals in the record before you change it. Sent again unchanged, it stays one referral.', sentBefore: 'It had been sent already, and the answer to that was lost. It was changed in between: look at the referral in the record to see which was sent. Sending again here makes a second one.', errors: 'There is a problem', noDestinations: 'No organisation is registered as taking referrals. Those who run the gateway can name them.',
  by: (person: string, role: string, reach: string): string => `Sent by ${person}, ${role}.${reach === '' ? '' : ` To reach them: ${reach}`}`,
  list: {
    title: 'Referrals', which: 'Which referrals', toUs: 'To us', fromUs: 'From us', state: 'How they stand', states: [['active', 'Waiting or going on'], ['on-hold', 'On hold']] as const,
    intro: 'Referrals that are not over, as far as you may see them. What came here or changed last is first.', more: 'Show more', none: { 'to-us': 'No referral to your organisation is open that you may see.', 'from-us': 'No referral by your organisation is open that you may see.' },
    facts: { service: 'Service', from: 'From', to: 'To', reason: 'What for', made: 'Made', priority: 'Priority' }, unknownPerson: 'Somebody you may not see', referralTo: (organisation: string): string => (organisation === '' ? 'Referral' : `Referral to ${organisation}`), born: 'Born', nhs: 'NHS No.',
    waiting: (days: number): string => (days === 0 ? 'No answer yet, since today' : `No answer yet, ${days === 1 ? '1 day' : `${days} days`}`), ownSystem: (day: string): string => `In your own system since ${day}`, answered: (what: string, day: string): string => `${what} ${day}`, care: (day: string): string => `In care since ${day}`,
  },
  answer: {
    heading: 'Your organisation’s answer', says: 'This referral was sent to your organisation. Your answer is a task of your own, which the sender sees.', yours: (what: string, when: string): string => `Answered: ${what}, ${when}`,
    accept: { open: 'Accept it', send: 'Accept', done: 'Accepted. The sender sees it from now on.', note: 'What happens next', noteHint: 'One line for the sender. Not needed.' },
    reject: { open: 'Do not accept it', send: 'Send the answer', done: 'Recorded. The sender sees it from now on.', reason: 'Why not', reasonHint: 'One or two lines: the sender reads this.', noReason: 'Say why' },
    handOn: { open: 'Hand it on', send: 'Hand it on', done: (to: string): string => `Handed on to ${to}. Whoever sent it sees that.`, says: 'A referral of your own goes to the organisation you choose and names this one. This one is then closed as signposted.', why: 'What you ask them for', noWhy: 'Say what you ask for' },
    close: { open: 'Record what came of it', send: 'Record it', done: 'Recorded.', outcome: 'What came of it?', noOutcome: 'Say what came of it', note: 'In a few words' },
    before: 'It had been recorded already, and the answer to that was lost. It was changed in between: look in the record to see which stands.', handedOn: (to: string): string => `Handed on to ${to}`,
  },
  outcomes: {
    accepted: 'Accepted', rejected: 'Not accepted', 'managed-at-home': 'Managed at home', 'managed-in-place': 'Managed where the person is', 'admitted-acute': 'Admitted to an acute hospital', 'admitted-bed': 'Admitted to an intermediate care bed',
    signposted: 'Signposted elsewhere', 'declined-by-person': 'Declined by the person', 'no-contact': 'No contact could be made', deceased: 'The person died',
  } as Readonly<Record<string, string>>,
  /** codes of `referral-outcome` that end something, in the order they are offered */
  endings: ['managed-at-home', 'managed-in-place', 'admitted-bed', 'admitted-acute', 'signposted', 'declined-by-person', 'no-contact'] as const,
  taskCode: 'Answer to a referral', outcome: 'Outcome',
  advice: {
    open: 'Record an advice call', title: 'Record an advice call', intro: 'For calls to OPAL+: who rang, what they asked, what you advised, and what came of it. It becomes a referral to your organisation and its answer.',
    caller: 'Who rang', callerHint: 'The organisation they rang from', noCaller: 'Choose who rang', callerName: 'Their name and work', callerNameHint: 'For example: Sam Reed, paramedic', asked: 'What they asked', noAsked: 'Say what they asked', advised: 'What you advised', noAdvised: 'Say what you advised',
    outcome: 'What came of it', noOutcome: 'Say what came of it', send: 'Record the call', done: 'The call is recorded.', mayRecorded: 'It may have been recorded already: no answer came. Look at the referrals in the record before you change it. Recorded again unchanged, it stays one call.', recordedBefore: 'It had been recorded already, and the answer to that was lost. It was changed in between: look at the call in the record to see which was recorded. Recording again here makes a second one.', code: 'Advice by phone (OPAL+)', task: 'Advice given', by: (caller: string): string => `The call came from ${caller}.`,
  },
} as const;
