import { readGovernance } from '../api/governance.ts';
import { strings } from '../strings.ts';
import type { AgreementView } from './agreement-view.ts';
import type { RegisterEntry } from './register-shapes.ts';
import { Trial } from './trial.tsx';

const words = strings.agreements.whatIf;

/** What would have been otherwise, had this version been in force. */
export function WhatIf({ agreement: { identifier, version } }: { agreement: AgreementView }) {
  return (
    <>
      <h2 className="nhsuk-heading-m">{words.heading}</h2>
      <p>{words.intro}</p>
      <Trial textOf={async (signal) => (await readGovernance<RegisterEntry>(`agreements/${encodeURIComponent(identifier)}/${encodeURIComponent(version)}`, signal)).content ?? ''} />
    </>
  );
}
