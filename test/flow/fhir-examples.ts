import { readFileSync } from 'node:fs';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { exampleFile } from '../mappings/run-example.ts';

/** The input of an example of a FHIR kind, to be changed at will. */
export function exampleBundle(kind: string, example: string): Bundle {
  return JSON.parse(readFileSync(exampleFile(kind, example, 'input.json'), 'utf8')) as Bundle;
}

/** The first resource of this type in a Bundle. */
export function resourceIn<Type extends Resource['resourceType']>(bundle: Bundle, type: Type): Extract<Resource, { resourceType: Type }> {
  const found = bundle.entry?.find(({ resource }) => resource?.resourceType === type)?.resource;
  if (!found) throw new Error(`the Bundle has no ${type}`);
  return found as Extract<Resource, { resourceType: Type }>;
}
