import type { ReactNode } from 'react';

/** A sentence that must not be overlooked and never fades: what is withheld, what has not arrived, what failed. */
export function Notice({ kind, heading, below, children }: { kind: 'withheld' | 'incomplete' | 'error'; heading?: string; /** what opens under the sentence */ below?: ReactNode; children: ReactNode }) {
  return (
    <div className={`os-notice os-notice--${kind}`} role={kind === 'error' ? 'alert' : 'note'}>
      {heading === undefined ? null : <h2>{heading}</h2>}
      <p>{children}</p>
      {below}
    </div>
  );
}
