import { useMutation } from '@tanstack/react-query';
import { ApiProblem } from '../api/api-problem.ts';
import { useDraft } from '../ui/use-draft.ts';

interface Tries {
  /** of what is sent: sent again after no word came back, it is the same one */
  number: string;
  /** every text that was sent under it and that nobody refused */
  tried: readonly string[];
  /** something was written, and of several texts nobody knows which */
  stands: boolean;
}

/**
 * Sends what a form says, once however often it is pressed and whether or not somebody leaves the form in between: the number and
 * every text tried under it are kept beneath the form's draft, `key`. `write` returns whether it was written now, and not before.
 */
export function useSendOnce<Said extends object>(key: readonly [citizen: string, form: string], write: (said: Said, number: string) => Promise<boolean>) {
  const { typed: { number, tried, stands }, set, kept } = useDraft<Tries>([...key, 'tries'], () => ({ number: crypto.randomUUID(), tried: [], stands: false }));
  const { mutateAsync, isPending, data, variables, error } = useMutation({ gcTime: 0, mutationFn: async ({ said, changed }: { said: Said; changed: boolean }) => (await write(said, number)) || !changed });
  const sent = data === true ? variables?.said : undefined;
  const send = (said: Said, onSent: () => void): void => {
    if (isPending) return;
    const texts = [...new Set([...tried, JSON.stringify(said)])];
    set({ number, tried: texts });
    const isStillKept = (): boolean => kept()?.number === number; // and not ended with the session, nor begun by somebody else since
    void mutateAsync({ said, changed: texts.length > 1 }).then((isCertain) => {
      if (!isStillKept()) return;
      if (isCertain) onSent();
      else set({ number: crypto.randomUUID(), tried: [], stands: true });
    }, (problem: unknown) => {
      if (isStillKept() && isRefusal(problem)) set({ tried });
    });
  };
  return { send, sent, isPending, error, stands, /** it was sent, and no answer came */ mayStand: tried.length > 0 && !isPending };
}

/** The gateway itself said no: nothing was written now. */
function isRefusal(problem: unknown): boolean {
  return problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500;
}
