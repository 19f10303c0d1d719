import type { LookKind, LookOutcome } from '../../audit/tell-looks.ts';

/**
 * Every word of the access report, one value for each language. A sentence is whole: `{name}` stands for what is put into it,
 * wherever a language wants it. Nothing is put together from parts of sentences, lists are joined by the rules of the
 * language, and numbers choose between the forms it has.
 */
export interface ReportWords {
  /** BCP 47 */
  language: string;
  direction: 'ltr' | 'rtl';
  /** twelve, as they stand in dates */
  months: readonly string[];
  moment: string;
  day: string;
  span: string;
  title: string;
  intro: string;
  whom: string;
  bornOn: string;
  nhsNumber: string;
  notRecorded: string;
  made: string;
  period: Record<'all' | 'from' | 'to' | 'both', string>;
  scope: Record<'whole' | 'own', string>;
  columns: Record<'when' | 'who' | 'what' | 'why' | 'outcome', string>;
  tableOf: string;
  nobody: string;
  older: string;
  /** by the plural form of the number of looks; `other` is always there */
  looks: Readonly<Record<string, string>>;
  who: Record<'person' | 'personAlone' | 'system' | 'gateway' | 'nobody', string>;
  roles: Readonly<Record<string, string>>;
  kinds: Record<LookKind, string>;
  outcomes: Record<LookOutcome, string>;
  keptBack: string;
  purposes: Readonly<Record<string, string>>;
  noPurpose: string;
  emergency: string;
  reasons: Readonly<Record<string, string>>;
  clause: string;
  clauseKnown: string;
  clauseNot: string;
  sees: string;
  categories: Readonly<Record<string, string>>;
  emergencyTold: Record<'heading' | 'text', string>;
  held: Record<'heading' | 'text' | 'rule', string>;
  ask: Record<'heading' | 'text', string>;
}

const english: ReportWords = {
  language: 'en-GB', direction: 'ltr',
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  moment: '{day}-{month}-{year} {time}', day: '{day}-{month}-{year}', span: '{first} to {last}',
  title: 'Who looked at this record',
  intro: 'Every look at your shared record is written down before it is answered, and so is every attempt that was refused. This page lists them, the newest first. Times are London times.',
  whom: 'This page is about {name}.', bornOn: 'Born {date}', nhsNumber: 'NHS number {number}', notRecorded: 'not recorded',
  made: 'Made on {moment}',
  period: { all: 'All looks up to the day this was made', from: 'Looks from {from}', to: 'Looks up to {to}', both: 'Looks from {from} up to {to}' },
  scope: {
    whole: 'This is made from the whole log.',
    own: 'This is made from the part of the log that {organisation} may read: what its own people asked for, and looks at its own information. Others may have looked too.',
  },
  columns: { when: 'When', who: 'Who', what: 'What', why: 'Why', outcome: 'What came of it' },
  tableOf: 'Looks, newest first', nobody: 'Nobody has looked in this time.',
  older: 'There were more looks before {moment} than this page has room for. Ask for the time before that day to see them.',
  looks: { one: '{count} time', other: '{count} times' },
  who: { person: '{role}, {organisation}', personAlone: 'Somebody at {organisation}', system: 'A computer system of {organisation}, no person', gateway: 'The shared record itself, no person', nobody: 'Somebody who did not show who they are' },
  roles: {
    'doctor': 'Doctor', 'nurse': 'Nurse', 'therapist': 'Therapist', 'social-worker': 'Social worker', 'paramedic': 'Paramedic', 'care-home-registered': 'Registered nurse of a care home',
    'care-home-unregistered': 'Carer of a care home', 'voluntary-worker': 'Voluntary sector worker', 'coordinator': 'Care coordinator', 'administrator': 'Administrator', 'integration': 'Computer system',
    'governance': 'Information governance lead', 'privacy-officer': 'Privacy officer',
  },
  kinds: {
    look: 'Looked at the record', list: 'Saw the person in a list with others', search: 'Searched for the person', written: 'Sent in or changed information', emergency: 'Used or reviewed emergency access',
    linked: 'Checked whether two records are about the same person', kept: 'Decided how long information is kept', oversight: 'Checked who looked and why', other: 'Did something else with the record',
  },
  outcomes: { 'shown': 'Information was shown.', 'nothing-shown': 'There was nothing they could be shown.', 'recorded': 'It was done.', 'refused': 'It was refused. Nothing was shown.', 'failed': 'It went wrong. Nothing was shown.' },
  keptBack: 'Some information was not shown to them.',
  purposes: {
    TREAT: 'To treat or care for you', CAREMGT: 'To plan and manage your care', COC: 'To keep your care joined up between services', ETREAT: 'To treat you in an emergency', BTG: 'In an emergency',
    HQUALIMP: 'To make services better', HRESCH: 'For research', POPHLTH: 'To plan for the health of everybody', PUBHLTH: 'To protect public health',
    HOPERAT: 'To check that sharing is done properly', HSYSADMIN: 'To keep the computer systems running',
  },
  noPurpose: 'No reason was given',
  emergency: 'Emergency access was used. See the note on emergency access.',
  reasons: {
    'permit 1': 'An organisation may see the records it wrote itself.', 'permit 4': 'An agreement between the organisations allows it.', 'permit 5': 'Emergency access was open at that time.',
    'deny 2': 'The information carries a protection that no agreement lifts for them.', 'deny 3': 'You chose not to share this.', 'deny 6': 'No agreement allows it.',
  },
  clause: 'Clause {clause} of “{agreement}” allows it.', clauseKnown: 'Clause {clause} of “{agreement}” allows it: {text}', clauseNot: 'Clause {clause} of “{agreement}” does not allow it here.',
  sees: 'They saw: {categories}.',
  categories: {
    'identity': 'who you are', 'contacts': 'people to contact', 'referral': 'referrals', 'episode': 'care you are receiving', 'encounter': 'visits and stays', 'plan': 'care plans', 'assessment': 'assessments',
    'mental-health': 'mental health', 'end-of-life': 'wishes for the end of life', 'social-care': 'social care', 'safeguarding': 'safeguarding', 'voluntary': 'support from charities and volunteers',
    'administration': 'choices and administration', 'unclassified': 'other information',
  },
  emergencyTold: {
    heading: 'Emergency access',
    text: 'In an emergency a person who gives care can open a record they could not see otherwise. They must say why, it lasts for a short time, and somebody else in each organisation concerned checks afterwards whether it was right.',
  },
  held: {
    heading: 'What may be left out',
    text: 'The law lets an organisation leave a look out of this page for a time. Somebody who answers for privacy decides it, writes down the reason, and looks at it again. This note is on every such page, whether anything was left out or not. The reasons can be:',
    rule: '{title} ({law})',
  },
  ask: { heading: 'If something looks wrong', text: 'Ask the privacy officer of the organisation named beside the look. They can find out who it was and ask them why.' },
};

/** By language; the first is spoken where none that is asked for is there. */
export const reportWords: readonly ReportWords[] = [english];

/** The words for an Accept-Language header, read by its order: the first language there is. */
export function wordsFor(accepted: string | undefined, known: readonly ReportWords[] = reportWords): ReportWords {
  const asked = (accepted ?? '').split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  const found = asked.flatMap((range) => known.find(({ language }) => range !== '' && (language.toLowerCase() === range || language.toLowerCase().split('-')[0] === range.split('-')[0])) ?? []);
  return found[0] ?? known[0] ?? english;
}

/** A sentence with what is put into it; what a sentence names and nobody gives is a mistake of ours. */
export function fill(sentence: string, values: Readonly<Record<string, string>> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the words have no value for {${name}}`);
    return value;
  });
}
