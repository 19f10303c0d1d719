/** Words of a person’s record. */
export const person = {
  title: 'Shared care record', back: 'Back to find a person',
  arriving: (count: number): string => (count === 0 ? 'What happened is arriving.' : `More is arriving. ${count} events so far.`),
  arrived: (count: number): string => `Everything has arrived: ${count} events.`,
  tooMuch: 'This record is very long: only the first part is shown. Ask the organisations for what is older.',
  identityOnly: 'Your role sees who a person is and what they chose about sharing, and nothing of their care.',
  none: 'None recorded by the organisations shown here. There may be some elsewhere.',
  noneYet: 'Not known yet: more of this record is arriving.', notArrived: 'Not known: the rest of this record did not arrive.',
  yes: 'Yes', no: 'No', anEntry: (kind: string): string => `${kind}, an entry of its own`, contact: 'Contact',
  lastReceived: (organisation: string, at: string): string => `Of what is shown here, the newest from ${organisation} came ${at}.`,
  andMore: (count: number): string => `and ${count} more, further down`,
  showAll: (count: number): string => `Show all (${count})`, showFewer: 'Show fewer',
  kinds: {
    Patient: 'Person', CarePlan: 'Care plan', ServiceRequest: 'Referral', EpisodeOfCare: 'Episode of care', Encounter: 'Stay', CareTeam: 'Care team', Observation: 'Observation', Task: 'Task', Organization: 'Organisation',
    AllergyIntolerance: 'Allergy or intolerance', Condition: 'Condition', Flag: 'Alert', Consent: 'Choice about sharing', RelatedPerson: 'Related person', Practitioner: 'Staff member', PractitionerRole: 'Staff member', Location: 'Place',
  } as Readonly<Record<string, string>>,
  tasks: { assessment: 'Assessment', review: 'Review', 'request-outcome': 'Outcome of a referral', other: 'Task' } as Readonly<Record<string, string>> & { other: string },
  states: {
    active: 'Active', completed: 'Completed', draft: 'Being prepared', 'on-hold': 'On hold', onhold: 'On hold', revoked: 'Stopped', 'entered-in-error': 'Entered in error', unknown: 'Not known', planned: 'Planned', waitlist: 'On a waiting list',
    finished: 'Ended', cancelled: 'Cancelled', 'in-progress': 'Going on', onleave: 'On leave from the ward', arrived: 'Arrived', triaged: 'Triaged', inactive: 'Ended', proposed: 'Proposed', suspended: 'Suspended', final: 'Final', 'not-started': 'Not started', stopped: 'Stopped',
    rejected: 'Rejected', accepted: 'Accepted', requested: 'Requested', received: 'Received', ready: 'Ready', failed: 'Failed', official: 'Official', usual: 'Usual', stat: 'Immediate', asap: 'As soon as possible',
  } as Readonly<Record<string, string>>,
  labels: {
    birthDate: 'Date of birth', executionPeriod: 'When', authoredOn: 'Made', authored: 'Made', effective: 'When', effectiveDateTime: 'When', code: 'What', reasonCode: 'Reason', requester: 'Referred by', performer: 'Who does it', performerType: 'Sort of service',
    value: 'Value', type: 'Sort', contributor: 'Organisation or team', managingOrganization: 'Organisation', serviceProvider: 'Organisation', period: 'When', careTeam: 'Care team', supportingInfo: 'Belongs to', basedOn: 'Follows from', referralRequest: 'Follows from',
    SourceOfServiceRequest: 'Source of the referral', component: 'Part of care', class: 'Sort', serviceType: 'Specialty', dischargeDisposition: 'Went to', admitSource: 'Came from', hospitalization: 'Admission and discharge', individual: 'Who', statusReason: 'Reason for the state',
    plannedEndDate: 'Expected end', 'discharge-ready-date': 'Ready to leave', intent: 'Kind of entry', owner: 'Responsible', focus: 'Concerns', onBehalfOf: 'For', participant: 'Taking part', member: 'Who', telecom: 'Contact details', detail: 'Detail', modeOfArrival: 'Arrived by', 'encounter-modeOfArrival': 'Arrived by',
  } as Readonly<Record<string, string>>,
  banner: {
    label: 'Who this is', noName: 'Name not recorded', born: 'Born', died: 'Died', dateNotKnown: 'date not known', deceased: 'Deceased', gender: 'Gender', nhs: 'NHS No.', preferred: 'Preferred name', address: 'Address', phone: 'Phone', language: 'Language', interpreter: 'interpreter needed',
    allergies: 'Allergies', inRecord: 'told in the whole record', sex: 'Sex at birth', notTraced: 'not traced',
    allergy: { none: 'No known allergies', notRecorded: 'Not recorded. Ask the person, or look in the GP or hospital record.', noReaction: 'reaction not recorded', high: 'high risk', unconfirmed: 'not confirmed', waiting: 'Not known yet', broken: 'Not known: this part of the record did not arrive', flag: (count: number): string => (count === 1 ? '1 allergy' : `${count} allergies`) },
  },
  asAt: {
    label: 'As at', hint: 'a day that has come, for example 05-Apr-2026', show: 'Show', noDay: 'Enter a day that has come, for example 05-Apr-2026', heading: (day: string): string => `As at ${day}`,
    says: 'This is what had arrived here by the end of that day, not how things stand. What you may see of it is decided by the rules of today.', back: 'Back to now', nothing: (day: string): string => `As at ${day} no record can be shown.`,
  },
  short: { alerts: 'All alerts', moreAlerts: (count: number): string => `and ${count} more`, coming: 'All that is coming', once: 'All that was told' },
  withheld: {
    why: 'Why?', says: 'Information is kept back for one of these reasons. Which one it is, and what is kept back, is not told here: that would say it.',
    reasons: ['The person has asked for it.', 'The law or an organisation keeps some sorts of information to fewer people.', 'No agreement lets your organisation, in your role and for this purpose, see all there is.', 'Your organisation is not recorded as caring for the person now.'],
    instead: 'Ask the person, or ring whoever cares for them.',
  },
  sections: { label: 'On this page', whereNow: 'Where now', alerts: 'Alerts', coming: 'What is coming', toldOnce: 'Told once', disagreements: 'Where the record does not agree', plans: 'Plan', who: 'Who to talk to', allPlans: 'Plans', allContacts: 'Contacts', documents: 'Documents', sources: 'Where this comes from', referrals: 'Referrals', episodes: 'Episodes and stays', timeline: 'Timeline' },
  whereNow: {
    since: (when: string): string => `Since ${when}`,
    inBed: 'In hospital or another bed now', notInBed: 'No stay in hospital or a bed is recorded as going on now.', last: 'Last stay', noLast: 'No earlier stay is recorded by the organisations shown here.', wentTo: 'Went to', contradicted: 'Organisations do not agree where the person is. See what each says.', care: 'Care going on', noCare: 'No active care is recorded by the organisations shown here.', more: 'All stays and care',
  },
  plans: {
    who: 'Led by', writtenBy: 'Written by', arrangedBy: 'Arranged by', team: 'Team', about: 'About', done: 'What is done', providers: 'Given by', hours: 'Planned', hoursAWeek: (hours: number): string => `${hours} hours a week`, reviewLabel: 'Review', when: 'When',
    reviewPassed: (date: string): string => `${date}, date has passed`, written: (date: string): string => `Written ${date}`, untitled: 'Care plan without a title',
    noActive: 'No active plan is recorded by the organisations shown here.', waiting: 'Being prepared or on hold', active: 'Active', ended: (count: number): string => `Ended plans (${count})`, all: 'All plans', own: 'Plans as each organisation has them',
  },
  who: {
    outOfHours: 'Out of hours: not recorded',
    services: 'Teams, services and GP practice', family: 'Family and carers', all: 'All contacts', none: 'Nobody is recorded by the organisations shown here. Ask the person or their GP practice.',
  },
  referrals: {
    title: (from: string, to: string): string => `${from} → ${to}`, reason: 'What for', priority: 'Priority', made: 'Made', received: 'Received', outcome: 'Outcome',
    priorities: { routine: 'Routine', urgent: 'Urgent', asap: 'As soon as possible', stat: 'Immediate' } as Readonly<Record<string, string>>,
  },
  episodes: { organisation: 'Organisation', sort: 'Sort', when: 'When', ready: 'Ready to leave', readyByHub: (since: string, day: string): string => `${since}, as the discharge hub noted on ${day}`, outcome: 'Outcome', places: 'Places', placeFrom: (place: string, when: string): string => `${place} from ${when}`, reason: 'Reason', specialty: 'Specialty', who: 'Under', expected: 'Expected end', wentTo: 'Went to' },
  timeline: {
    filter: 'Filter by any word', organisation: 'Organisation', all: 'All organisations', order: 'Order', byDate: 'By date', byOrganisation: 'By organisation', inLanes: 'In lanes', byThread: 'By what belongs together', begun: (what: string, when: string): string => `${what}, ${when}`, alone: 'By themselves', choose: 'What is shown of the timeline', kind: 'Kind', anyKind: 'All kinds', from: 'From day', to: 'To day', dayLike: 'For example 05-Apr-2026', noDay: 'Not a real day', fromTo: (sender: string, receiver: string): string => `${sender} → ${receiver}`, shown: (shown: number, all: number): string => (shown === all ? `${all} events` : `${shown} of ${all} events`), noneMatch: 'No event matches. Change the filter to see others.',
    kinds: {
      referral: 'Referrals', stay: 'Stays', discharge: 'Leaving a stay', contact: 'Contacts', episode: 'Episodes of care', plan: 'Plans', assessment: 'Assessments', task: 'Tasks', team: 'Care teams', appointment: 'Appointments', condition: 'Conditions and alerts', observation: 'Observations', document: 'Documents', record: 'Other',
    } as Readonly<Record<string, string>>,
    recorded: 'recorded', undated: 'No date', until: (day: string): string => `to ${day}`, left: (place: string | undefined): string => (place === undefined ? 'Stay ended' : `Left ${place}`),
    states: { active: 'Going on', 'on-hold': 'On hold', cancelled: 'Cancelled' } as Readonly<Record<string, string>>,
    fromFor: (from: string, reason: string): string => `From ${from}. ${reason}`, moved: (place: string, when: string): string => `Moved to ${place} ${when}`, wentTo: (place: string): string => `Went to: ${place}`, outcome: (text: string): string => `Outcome: ${text}`,
  },
  told: {
    by: (told: string, mentioned: string): string => `Told by ${told}${mentioned === '' ? '' : `, mentioned by ${mentioned}`}`, source: (organisation: string, system: string): string => (system === '' ? organisation : `${organisation} (${system})`),
    list: (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`),
    notAgreed: 'They do not agree.', witnesses: 'Who says so', differences: 'What they say differently', lanes: 'Where the referral stands',
    leads: 'The entry this line is named by', same: (reasons: string, rule: string): string => `Taken for the same event: ${reasons} (rule ${rule})`, mentions: (reasons: string, rule: string): string => `Speaks of it: ${reasons} (rule ${rule})`, answers: (rule: string): string => `An answer to it (rule ${rule})`,
    elements: { from: 'When it began', to: 'When it ended', status: 'How it stands' } as Readonly<Record<string, string>>,
    differs: (what: string, sides: readonly string[]): string => `${what}: ${sides.join('; ')}`, says: (organisation: string, value: string): string => `${organisation} says ${value}`,
    standings: { sent: 'Sent', waiting: 'Sent, no reply yet', 'no-reply': 'No reply', received: 'Received', 'no-answer': 'Received, no answer', accepted: 'Accepted', rejected: 'Not accepted', closed: 'Completed', withdrawn: 'Withdrawn' } as Readonly<Record<string, string>>,
    noReply: (days: number): string => `No reply for ${daysOf(days)}`, waiting: (state: string, days: number): string => `${state}, waiting ${daysOf(days)}`,
    lane: (organisation: string, state: string, day: string | undefined): string => `${organisation}: ${state.charAt(0).toLowerCase()}${state.slice(1)}${day === undefined ? '' : ` ${day}`}`,
  },
  toldOnce: {
    intro: 'What the person has told already. Ask whether it is still right rather than asking again.',
    recordedBy: 'Recorded by', source: (organisation: string, day: string, byThePerson: boolean): string => `${organisation}, ${day}${byThePerson ? ', in the person’s own words' : ''}`,
    confirmed: (person: string, organisation: string, when: string): string => `Still right: ${person}, ${organisation}, ${when}`, stillRight: 'Still right', confirming: 'Recording',
  },
  disagreements: { where: 'Where the person is', intro: 'Nothing was chosen: every side is shown with who says it.', none: 'What is shown here does not contradict itself.' },
  actions: {
    heading: 'Something to say about it', choose: 'Choose',
    correct: {
      open: 'Ask for a correction', send: 'Ask for it', done: 'The organisation that keeps this entry was asked to correct it. A task follows it for your organisation.',
      say: 'Only the organisation that keeps this entry can change it. It is told what you say, your name and your organisation.',
      element: 'What is not right', value: 'What it should say', noElement: 'Choose what is not right', noValue: 'Say what it should be',
    },
    same: {
      open: 'Say whether another entry tells of the same event', send: 'Record it', done: 'Recorded. From now on it counts for everybody who sees both entries.',
      say: 'Organisations may tell of one event each in their own entry. What you say outweighs the rules, for everybody who may see both entries, and can be taken back.',
      other: 'The other entry', verdict: 'Do the two tell of the same event?', reason: 'Why', verdicts: [['same', 'Yes, the same'], ['different', 'No, two different ones'], ['undecided', 'Take back what was decided about them']],
      like: (title: string, organisation: string, day: string): string => `${title}, ${organisation}, ${day}`,
      noOther: 'Choose the other entry', noVerdict: 'Say whether they are the same', noReason: 'Say why, in at least 5 characters',
    },
  },
  documents: { dated: 'Dated' },
  sources: { newest: (when: string): string => `The newest of them came ${when}.` },
  print: { button: 'Print', not: 'This page is printed with its own button “Print” or with Ctrl and P, so that it is written down who printed it.', by: (person: string, organisation: string, when: string): string => `Printed by ${person}, ${organisation}, ${when}`, keep: 'Keep it as your organisation’s rules for records say. It shows what was known here at this time.' },
  entry: {
    api: 'Written here, by hand or by their own system',
    back: 'Back to the record', details: 'Details', versions: 'Versions', version: (id: string): string => `Version ${id}`, current: 'newest', older: 'This is an older version. It is no longer how things stand.', organisation: 'Organisation', system: 'System', recorded: 'Recorded', record: 'Source record', row: (row: string): string => `row ${row}`,
    changed: 'What changed from the version before', changedBy: (organisation: string, at: string): string => `Changed by ${organisation}, ${at}`, madeAnew: (at: string): string => `Read anew on ${at} from what had been sent before: the source itself changed nothing.`, first: 'This is the first version.', same: 'Nothing that is shown here changed.', before: 'Before', after: 'After', what: 'What', shown: 'shown above', earlierUnread: 'There are earlier versions. Show them to see what changed.', choose: 'Show this version', earlier: 'Show earlier versions', versionsSay: 'Newest first. Each time the source sends a change, a version is added and the old one is kept.', only: 'There is one version: it has not changed since it arrived.',
  },
} as const;

function daysOf(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
