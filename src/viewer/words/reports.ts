import { entries } from './counts.ts';

/** Words of reports out of the log, of what a citizen can be told, and of decisions made again. */
export const reports = {
  title: 'Reports',
  intro: 'Rows taken out of the access log, for those who answer for it. Taking a report is itself written into the log. A privacy officer gets what concerns their organisation.',
  which: 'Report', choose: 'Choose',
  names: {
    citizen: 'About one person', user: 'By somebody who looked', organisation: 'For one organisation', agreement: 'Under one agreement', clause: 'Under one clause', feed: 'Through one feed',
    denials: 'What was refused', emergencies: 'Emergency access and its reviews', 'emergency-looks': 'Looks under emergency access', exports: 'Reports that were taken',
  } as Readonly<Record<string, string>>,
  /** what each cannot do without; the gateway holds to it */
  needs: { citizen: ['patient'], user: ['user'], organisation: ['organisation'], agreement: ['agreement'], clause: ['agreement', 'clause'], feed: ['feed'], denials: [], emergencies: [], 'emergency-looks': [], exports: [] } as Readonly<Record<string, readonly string[]>>,
  fields: { patient: 'NHS number', user: 'Id of the person who looked', organisation: 'Organisation', agreement: 'Agreement', clause: 'Clause', feed: 'Feed', from: 'First day', to: 'Last day' } as Readonly<Record<string, string>>,
  hints: { patient: '10 digits, for example 999 100 0011', user: 'As it stands in the column “person” of another report', clause: 'For example 2.1', feed: 'For example uhb-adt', from: 'For example 05-Apr-2026. Not needed', to: 'The last day, included. Not needed' } as Readonly<Record<string, string>>,
  missing: (field: string): string => `Fill in: ${field.charAt(0).toLowerCase()}${field.slice(1)}`, noName: 'Choose a report', noDay: 'Enter a real day, for example 05-Apr-2026', noNumber: 'Enter the NHS number: 10 digits',
  several: 'More than one person bears this number. Find the person, and take the report from who looked at them.',
  unknown: 'No citizen with this NHS number is known here, or none that you may know of.',
  show: 'Show the first rows', save: 'Save as a file (CSV)', showing: 'Reading', saving: 'Saving', saved: 'Saved. Keep it as your organisation’s rules for records say.', errors: 'There is a problem',
  caption: (name: string): string => `${name}: the first rows`, whole: (count: number): string => `${entries(count)}. That is all of it.`, cut: (count: number): string => `The first ${entries(count)}. The file has all of them.`, none: 'No entry of the log fits this report.',
  columns: {
    at: 'When', personName: 'Who', role: 'Job', organisationName: 'For', purpose: 'Purpose', interaction: 'What they did', outcome: 'Outcome', records: 'Records', keptBack: 'Kept back', emergency: 'Emergency access',
    reference: 'Reference', openedAt: 'Opened', until: 'Until', reason: 'Reason', explanation: 'In their words', reviewedFor: 'Reviewed for', note: 'What was found', reviewerName: 'Reviewer', reviewedAt: 'Reviewed',
  } as Readonly<Record<string, string>>,
  access: {
    heading: 'What this person can be told', says: 'Who looked at this record and why, in plain words. It can be printed for the person. Making it is written into the log.',
    from: 'First day', to: 'Last day', dayHint: 'For example 05-Apr-2026. Leave both empty for everything.', make: 'Show it here', making: 'Making it', print: 'Open it to print', none: 'Nobody looked in this time.', lines: (count: number): string => (count === 1 ? '1 line' : `${count} lines`),
    heldBack: (rule: string, looks: number): string => `${looks === 1 ? '1 look is' : `${looks} looks are`} held back under the rule ${rule}. The page for the person does not show that.`, noDay: 'Enter a real day, for example 05-Apr-2026, or leave it empty',
  },
  again: {
    open: 'Decide it again by the facts of then',
    same: 'The same comes out.', differs: 'Something else comes out. See both.', asOf: (when: string): string => `By the facts of ${when}`, recorded: 'As it was recorded', recomputed: 'As it comes out now', agreements: 'Agreements in force then', notPermitted: 'Sent then, and not by these facts',
    effects: { permit: 'Allowed', deny: 'Not allowed', withheld: 'Kept back' } as Readonly<Record<string, string>>, line: (effect: string, count: number | undefined, text: string): string => `${effect}${count === undefined ? '' : `, ${entries(count)}`}: ${text}`, version: (id: string, version: string): string => `${id}, version ${version}`,
  },
} as const;
