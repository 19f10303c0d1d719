import type { ReactNode } from 'react';

/** A sentence that must not be overlooked and never fades: what is withheld, what has not arrived, what failed. */
export function Notice({ kind, heading, children }: { kind: 'withheld' | 'incomplete' | 'error'; heading?: string; children: ReactNode }) {
  return (
    <div className={`os-notice os-notice--${kind}`} role={kind === 'error' ? 'alert' : 'note'}>
      {heading === undefined ? null : <h2>{heading}</h2>}
      <p>{children}</p>
    </div>
  );
}
