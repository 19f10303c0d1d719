import type { Patient } from '@medplum/fhirtypes';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { filledFrom, type TypedEmergency } from './read-emergency.ts';

/** In memory, like all that names somebody: never in an address, nor in what a browser keeps of its pages. */
export const whomKey = ['break-glass', 'whom'] as const;

/** The way to emergency access from a record one sees a part of: who it is about does not have to be typed again. */
export function NeedEmergency({ patient }: { patient: Patient }) {
  const queries = useQueryClient();
  return <Link to="/break-glass" onClick={() => { queries.setQueryData<TypedEmergency>(whomKey, filledFrom(patient)); }}>{strings.breakGlass.need}</Link>;
}
