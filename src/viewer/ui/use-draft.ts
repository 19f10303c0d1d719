import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

interface Draft<Typed> {
  typed: Typed;
  /** it was typed before this form was opened */
  wasKept: boolean;
  set: (change: Partial<Typed>) => void;
  /** it was sent, or is to begin anew */
  forget: () => void;
}

/**
 * What somebody types into a form, kept in memory while they look something up on another page: until it is sent, the session ends
 * or the window is closed, and nowhere else. `key` names the form and whom it is about.
 */
export function useDraft<Typed extends object>(key: readonly string[], begin: () => Typed): Draft<Typed> {
  const queries = useQueryClient();
  const [kept] = useState(() => queries.getQueryData<Typed>(['draft', ...key]));
  const [typed, setTyped] = useState<Typed>(() => kept ?? begin());
  const set = (change: Partial<Typed>): void => {
    setTyped((before) => ({ ...before, ...change }));
    queries.setQueryData<Typed>(['draft', ...key], (before = typed) => ({ ...before, ...change }));
  };
  return { typed, wasKept: kept !== undefined, set, forget: () => { queries.removeQueries({ queryKey: ['draft', ...key] }); } };
}
