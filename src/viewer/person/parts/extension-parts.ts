import type { Extension } from '@medplum/fhirtypes';

type Extended = { extension?: Extension[] | undefined } | undefined;

/** Every part of this name inside an extension; parts are named by a bare word (FHIR R4, complex extensions). */
export function partsOf(of: Extended, url: string): Extension[] {
  return (of?.extension ?? []).filter((each) => each.url === url);
}

export function partOf(of: Extended, url: string): Extension | undefined {
  return of?.extension?.find((each) => each.url === url);
}
