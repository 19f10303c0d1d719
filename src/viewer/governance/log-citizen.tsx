import type { Patient } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { read } from '../api/fhir.ts';
import { formatDate, formatName, formatNhsNumber, mainName } from '../format.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { nhsNumberSystem } from '../nhs-number.ts';

const words = strings.whoLooked.results;

/** Whose log it is, once, above it. Only after somebody asked for this citizen's log: looking a person up is a look of its own. */
export function LogCitizen({ id, known, onEverybody }: { id: string; known: Patient | undefined; onEverybody: () => void }) {
  const looked = useQuery({ queryKey: ['log-citizen', id], queryFn: ({ signal }) => read<Patient>(`Patient/${id}`, signal), enabled: known === undefined, staleTime: Infinity, retry: false });
  const patient = known ?? looked.data;
  const top = useRef<HTMLElement>(null);
  useEffect(() => { top.current?.focus(); }, []);
  return (
    <section className="os-log-citizen" aria-label={words.citizen} ref={top} tabIndex={-1}>
      {patient === undefined ? <WhileUnknown pending={looked.isPending} /> : <Line patient={patient} />}
      <p><button type="button" className="os-link-button" onClick={onEverybody}>{words.everybody}</button></p>
    </section>
  );
}

function WhileUnknown({ pending }: { pending: boolean }) {
  return pending ? <Loading lines={1} /> : <p>{words.citizenUnknown}</p>;
}

function Line({ patient }: { patient: Patient }) {
  const number = patient.identifier?.find(({ system }) => system === nhsNumberSystem)?.value;
  return (
    <p className="os-log-citizen__line">
      <span className="os-log-citizen__label">{words.citizen}</span> <strong>{formatName(mainName(patient.name))}</strong>{' '}
      <span className="os-nowrap"><span className="os-log-citizen__label">{words.citizenBorn}</span> {formatDate(patient.birthDate)}</span>{' '}
      <span className="os-nowrap"><span className="os-log-citizen__label">{words.citizenNumber}</span> {formatNhsNumber(number)}</span>
    </p>
  );
}
