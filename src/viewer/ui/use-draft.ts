import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

interface Draft<Typed> {
  typed: Typed;
  /** some of it was typed before this form was opened */
  wasKept: boolean;
  set: (change: Partial<Typed>) => void;
  /** what is kept at this moment; undefined where it was forgotten meanwhile, by whatever made an end to it */
  kept: () => Partial<Typed> | undefined;
  /** it was sent: this goes, and what is kept beneath its key */
  forget: () => void;
}

/**
 * What somebody types into a form, kept in memory while they look something up on another page: until it is sent, the session or
 * the emergency access to whom it is about ends, or the page is loaded again; and nowhere else. Only what was changed is kept: what
 * a form begins with is read anew whenever it is opened. `key`: whom it is about, then the form.
 */
export function useDraft<Typed extends object>(key: readonly [citizen: string, ...form: string[]], begin: () => Typed): Draft<Typed> {
  const queries = useQueryClient();
  const queryKey = ['draft', ...key];
  const kept = (): Partial<Typed> | undefined => queries.getQueryData<Partial<Typed>>(queryKey);
  const [begun] = useState(begin);
  const [changed, setChanged] = useState(kept);
  const [wasKept] = useState(changed !== undefined);
  const set = (change: Partial<Typed>): void => {
    setChanged((before) => ({ ...before, ...change }));
    queries.setQueryData<Partial<Typed>>(queryKey, (before = changed) => ({ ...before, ...change }));
  };
  return { typed: { ...begun, ...changed }, wasKept, set, kept, forget: () => { queries.removeQueries({ queryKey }); } };
}
