import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from './nhs.ts';
import { Problem } from './problem.tsx';

interface AskProps {
  /** the button that opens the form; what it is about is said with it for those who do not see the page */
  open: string;
  about?: string;
  submit: string;
  /** said when it was taken */
  done: string;
  /** what is still missing, as a sentence; undefined where it may be sent */
  missing: string | undefined;
  /** false where it is not certain that it was done, which is then said elsewhere */
  onAsk: () => Promise<unknown>;
  children: ReactNode;
}

/** A button that opens a short form under itself, says what is missing, sends it, and says what became of it. */
export function Ask({ open, about, submit, done, missing, onAsk, children }: AskProps) {
  const [isOpen, setOpen] = useState(false);
  const [told, setTold] = useState<string>();
  const asking = useMutation({ mutationFn: onAsk, gcTime: 0, onSuccess: () => { setOpen(false); } });
  const said = useRef<HTMLParagraphElement>(null);
  useEffect(() => { if (asking.isSuccess) said.current?.focus(); }, [asking.isSuccess]); // the form goes away
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTold(missing);
    if (missing === undefined && !asking.isPending) asking.mutate();
  };
  if (!isOpen) {
    return (
      <>
        {asking.isSuccess && asking.data !== false ? <p className="os-asked" role="status" ref={said} tabIndex={-1}>{done}</p> : null}
        <p className="os-asks"><Button type="button" small secondary aria-expanded={false} onClick={() => { setOpen(true); setTold(undefined); asking.reset(); }}>{open}{about === undefined ? null : <span className="nhsuk-u-visually-hidden"> {about}</span>}</Button></p>
      </>
    );
  }
  return (
    <form className="os-ask" aria-label={open} noValidate onSubmit={send}>
      {told === undefined ? null : <p className="nhsuk-error-message" role="alert">{told}</p>}
      {asking.isError ? <Problem error={asking.error} /> : null}
      {children}
      <Button type="submit" small aria-disabled={asking.isPending}>{asking.isPending ? strings.ask.sending : submit}</Button>{' '}
      <Button type="button" small secondary onClick={() => { setOpen(false); }}>{strings.ask.close}</Button>
    </form>
  );
}
