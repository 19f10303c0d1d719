/** Words of the proof that the access log was not changed. */
export const logProof = {
  title: 'Proof of the log',
  intro: 'The access log is kept so that nothing in it can be changed, left out or put in without its being noticed. The gateway signs a checkpoint of it from time to time. Whoever keeps checkpoints elsewhere can hold the log to them.',
  last: 'The newest checkpoint', facts: { log: 'Log', entries: 'Entries', root: 'Fingerprint of them all', signed: 'Signed by' }, none: 'No checkpoint has been made yet.',
  make: 'Make one now', making: 'Making it', made: 'A new checkpoint was made. It covers the entry of your asking for it.', saveCheckpoint: 'Save this checkpoint', saveKeys: 'Save the keys', keep: 'Keep both where those who run the gateway cannot write.',
  verify: {
    heading: 'Verify now', says: 'Paste a checkpoint you kept. Your browser then checks, by the proof of the gateway, that the log of now begins with the log of then. Signatures are checked off-line by the verifier that comes with the program.',
    label: 'A checkpoint you kept', hint: 'The whole text: the name of the log, the number of entries, the fingerprint, an empty line and the signatures.', button: 'Verify', verifying: 'Verifying', malformed: 'This is no checkpoint: it begins with the name of the log, the number of entries and their fingerprint, each on a line.',
    holds: (then: string, now: string): string => `It holds. The log of ${now} entries begins with the ${then} entries of your checkpoint, unchanged.`,
    broken: 'It does not hold: the log of now does not begin with the log of your checkpoint. Keep the checkpoint, ask another partner for theirs, and tell those who oversee sharing.', otherLog: (one: string, other: string): string => `Your checkpoint is of another log: ${one}. This is ${other}.`,
  },
  entry: { open: 'Save the proof of this entry', done: 'The proof was saved. With any later checkpoint it shows that this entry is in the log as it was written.' },
  whole: { heading: 'The whole log', says: 'For the off-line verifier: every entry up to the newest checkpoint, as lines of JSON. It names people; treat it as the log itself.', save: 'Save the whole log', saving: 'Saving' },
} as const;
