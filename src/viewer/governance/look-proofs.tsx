import type { Parameters } from '@medplum/fhirtypes';
import { useMutation } from '@tanstack/react-query';
import { proofOfEntry } from '../api/audit-log.ts';
import { read } from '../api/fhir.ts';
import { strings } from '../strings.ts';
import { Notice } from '../ui/notice.tsx';
import { Button } from '../ui/nhs.ts';
import { Problem } from '../ui/problem.tsx';
import { decidedAgainOf, type DecidedAgain } from './decided-again-view.ts';
import { saveFile } from './save-file.ts';

const words = strings.reports.again;
const proof = strings.logProof.entry;

/** What can be asked of one entry of the log: that it be decided again, and that it be proved. */
export function LookProofs({ id, decided }: { id: string; /** whether something was allowed or kept back */ decided: boolean }) {
  const again = useMutation({ gcTime: 0, mutationFn: async () => decidedAgainOf(await read<Parameters>(`AuditEvent/${id}/$reconstruct`)) });
  const proving = useMutation({ gcTime: 0, mutationFn: async () => { saveFile(`entry-${id}.json`, 'application/json', await proofOfEntry(id)); } });
  return (
    <>
      {again.isError ? <Problem error={again.error} /> : null}
      {proving.isError ? <Problem error={proving.error} /> : null}
      <p className="os-doing">
        {decided ? <Button type="button" small secondary aria-disabled={again.isPending} onClick={() => { if (!again.isPending) again.mutate(); }}>{words.open}</Button> : null}
        <Button type="button" small secondary aria-disabled={proving.isPending} onClick={() => { if (!proving.isPending) proving.mutate(); }}>{proof.open}</Button>
      </p>
      <div role="status">{again.data === undefined ? (proving.isSuccess ? <p>{proof.done}</p> : null) : <Again made={again.data} />}</div>
    </>
  );
}

function Again({ made: { same, asOf, agreements, recorded, recomputed, notPermitted } }: { made: DecidedAgain }) {
  const parts = [[words.agreements, agreements], [words.recorded, recorded], ...(same ? [] : [[words.recomputed, recomputed] as const]), [words.notPermitted, notPermitted]] as const;
  return (
    <div data-decided-again>
      {same ? <p className="os-asked">{words.same} {words.asOf(asOf)}.</p> : <Notice kind="error">{words.differs} {words.asOf(asOf)}.</Notice>}
      <dl className="os-particulars">{parts.filter(([, lines]) => lines.length > 0).map(([label, lines]) => <div key={label}><dt>{label}</dt><dd><ul>{lines.map((line, at) => <li key={`${at} ${line}`}>{line}</li>)}</ul></dd></div>)}</dl>
    </div>
  );
}
