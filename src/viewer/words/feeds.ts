/** Words of feeds: what arrives, what is stuck, and changed mappings. */
export const feeds = {
  title: 'Feeds', back: 'All feeds',
  intro: 'What each organisation sends, when it last did, and what keeps a feed from being well. Governance is told of all feeds, a privacy officer of those of their own organisation. Counts only: nobody is named.',
  none: 'No feed is yours to see.', well: 'Nothing is stuck.',
  states: { live: 'At work', shadow: 'On trial', swapping: 'Being changed' } as Readonly<Record<string, string>>,
  facts: { partner: 'Organisation', state: 'State', last: 'Last received', lastGood: 'Last that was worked off', behind: 'Behind by', day: 'In 24 hours', wrong: 'Of these, refused', waiting: 'Waiting', quarantined: 'In quarantine', awaitingMerge: 'Wait for who is who', unmapped: 'Codes nobody has explained yet', mapping: 'Mapping at work (fingerprint)', candidate: 'Changed mapping (fingerprint)' },
  never: 'Nothing yet', usual: (count: number): string => `, ${count.toLocaleString('en-GB')} on an ordinary day`, ofHundred: (count: number): string => `${count} of 100`,
  minutes: (count: number): string => (count < 120 ? `${count} ${count === 1 ? 'minute' : 'minutes'}` : `${Math.round(count / 60)} hours`), rows: (count: number): string => `${count.toLocaleString('en-GB')} ${count === 1 ? 'row' : 'rows'}`, since: (when: string): string => `, the oldest since ${when}`, noCandidate: 'None',
  problems: 'What keeps it from being well', toMend: 'To mend it', counts: (sick: number, all: number): string => (sick === 0 ? `All ${all} feeds are well.` : `${sick} of ${all} feeds need somebody to look.`),
  ledger: {
    heading: 'Where its fields go', open: 'Show where each field goes', none: 'Nothing of this feed has been mapped yet.',
    states: { unmapped: 'Goes nowhere', dropped: 'Left out on purpose', read: 'Read by a rule only', 'carried-as-text': 'Carried as text', carried: 'Carried' } as Readonly<Record<string, string>>,
    covered: (gone: number, all: number): string => (gone === 0 ? `All ${all.toLocaleString('en-GB')} fields are accounted for.` : `${gone.toLocaleString('en-GB')} of ${all.toLocaleString('en-GB')} fields ${gone === 1 ? 'goes' : 'go'} nowhere, and nobody said that ${gone === 1 ? 'it' : 'they'} may.`),
    more: 'There are more fields than are told here.', caption: 'Fields, those that go nowhere first', approved: (by: string, on: string): string => `agreed by ${by} on ${on}`, times: (count: number): string => (count === 1 ? 'once' : `${count.toLocaleString('en-GB')} times`),
    columns: { field: 'Field', state: 'What becomes of it', ways: 'Where it goes', example: 'Shape of an example' },
    codes: 'Codes nobody has explained yet', codeCaption: 'Codes that no table has, the most frequent of each table first', codeColumns: { table: 'Table', field: 'Field', value: 'Code', seen: 'How often', row: 'Row to add' }, noRow: 'To be written by hand',
  },
  replay: {
    heading: 'Changed mapping', ownOnly: 'What a changed mapping would change is told to people of the organisation whose feed it is, and to nobody else.',
    states: { shadow: 'Being tried', ready: 'Waits for an answer', swapping: 'Being written', closing: 'Being written', done: 'Done', 'given-up': 'Given up' } as Readonly<Record<string, string>>,
    facts: { state: 'State', startedBy: 'Started by', started: 'Started', approvedBy: 'Approved by', approved: 'Approved', finished: 'Finished', staged: 'Records tried', rows: 'Rows', erased: 'Records no longer kept', failures: 'Batches tried again' },
    counts: (resource: number, added: number, solved: number): string => `${resource.toLocaleString('en-GB')} ${resource === 1 ? 'entry would change' : 'entries would change'}, ${added.toLocaleString('en-GB')} new ${added === 1 ? 'problem' : 'problems'}, ${solved.toLocaleString('en-GB')} solved.`,
    caption: 'What would change, by kind, the most frequent first', more: (count: number) => `Only the first ${count.toLocaleString('en-GB')} places are told. There may be more.`, kinds: { resource: 'Entry', 'new-problem': 'New problem', 'solved-problem': 'Solved problem' } as Readonly<Record<string, string>>,
    columns: { kind: 'What', subject: 'Of', place: 'Where', count: 'How often', examples: 'Source records, for example' }, none: 'Nothing would change.', underWay: 'The differences are told when everything has been tried.',
    approve: { open: 'Approve the changed mapping', send: 'Approve it', done: 'Approved. It is being written.', say: 'The feed stands still until what differs is written. From then on the changed mapping is the one that works.', sure: 'I have read what would change and answer for it', notSure: 'Say that you have read what would change' },
    look: 'Look again',
  },
} as const;
