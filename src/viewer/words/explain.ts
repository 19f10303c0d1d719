/** Words of decisions explained: who may see an entry, and why. */
export const explain = {
  title: 'Why an entry is shown or not',
  intro: 'Say which entry, and for whom. The gateway goes through its rules one by one, by the agreements and choices of now, and says which one decides. Nothing of the entry itself is shown. Asking is written into the log.',
  record: 'Entry', recordHint: 'Its sort and id, for example CarePlan/8a2f…, as the log names it', organisation: 'Organisation', anybody: 'Everybody who may see it', role: 'Role', purpose: 'Purpose', choose: 'Choose',
  ask: 'Explain', asking: 'Asking', errors: 'There is a problem',
  mistakes: { record: 'Enter the sort of entry and its id, with a slash between them', role: 'Choose a role', purpose: 'Choose a purpose' },
  of: 'What is known of the entry', custodian: 'Kept by', category: 'What sort of information', labels: 'Marked as', noLabels: 'Nothing in particular',
  rules: 'The rules, one by one', rule: (number: number, says: string): string => `Rule ${number}: ${says}`, effects: { permit: 'Shown', deny: 'Not shown', 'not-decided': 'Does not decide' } as Readonly<Record<string, string>>,
  audiences: 'Who may see it', nobody: 'Nobody but whoever wrote it.', roles: 'As', purposes: 'For',
  link: 'Why an entry is shown or not',
} as const;
