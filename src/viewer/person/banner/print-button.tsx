import { useMutation } from '@tanstack/react-query';
import { useContext } from 'react';
import { strings } from '../../strings.ts';
import { Problem } from '../../ui/problem.tsx';
import { AsAt } from '../parts/as-at.tsx';
import { printRecord } from './print-record.ts';

/** Prints the record as it is shown, once that is written down. */
export function PrintButton({ citizen }: { citizen: string }) {
  const at = useContext(AsAt);
  const { mutate, isPending, isError, error } = useMutation({ gcTime: 0, mutationFn: () => printRecord(citizen, at) });
  return (
    <>
      <button className="os-link-button" type="button" aria-disabled={isPending} onClick={() => { if (!isPending) mutate(); }}>{strings.person.print.button}</button>
      {isError ? <Problem error={error} /> : null}
    </>
  );
}
