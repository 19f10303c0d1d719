import type { Patient, Provenance } from '@medplum/fhirtypes';
import { composePatient } from '../story/compose-patient.ts';
import type { VisibleRow } from '../store/door/door.ts';
import { assemble } from './assemble.ts';
import type { HeldGrant } from './policy.ts';

export interface ComposedCitizen {
  citizen: string;
  patient: Patient;
  provenance: Provenance[];
  etag: string;
}

/** One Patient per citizen from the source Patients that came through the door, in the order the citizens first appear. */
export function composeCitizens({ names, classes }: HeldGrant, people: readonly VisibleRow[]): ComposedCitizen[] {
  const byCitizen = new Map<string, VisibleRow[]>();
  for (const row of people) {
    if (row.citizen === null) continue;
    byCitizen.set(row.citizen, [...(byCitizen.get(row.citizen) ?? []), row]);
  }
  return [...byCitizen].map(([citizen, rows]) => {
    const sources = rows.map((row) => {
      const custodian = (row.classId === null ? undefined : classes.get(row.classId)?.custodian) ?? '';
      return {
        id: row.id, version: row.version, custodian, custodianName: names.organisations.get(custodian) ?? custodian,
        updatedAt: row.updatedAt.toISOString(), resource: assemble(row) as unknown as Patient, parts: (row.fragments ?? []).map(([path]) => path),
      };
    });
    return { citizen, ...composePatient({ citizen, sources, formerly: [...new Set(rows.flatMap(({ formerly }) => formerly ?? []))].sort() }) };
  });
}
