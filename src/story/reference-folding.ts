import type { Reference } from '@medplum/fhirtypes';
import { normaliseText } from '../fhir/normalise-text.ts';
import { bestCase } from './best-case.ts';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';

/** One practice or practitioner: the identifier says which, a display beside it is only its name. */
export const referenceFolding: Folding<Reference> = {
  size: ({ identifier, reference, display }) => (identifier || reference ? 1000 : 0) + (display?.length ?? 0),
  join(host, other) {
    const rest = joinRest(host, other, ['display', 'identifier']);
    if (!rest || !isSame(host, other)) return undefined;
    const identifier = host.identifier ?? other.identifier;
    const display = host.display === undefined ? other.display : bestCase(host.display, [other.display]);
    return { ...rest, ...(identifier && { identifier }), ...(display !== undefined && { display }) };
  },
};

function isSame(a: Reference, b: Reference): boolean {
  if (a.identifier && b.identifier) {
    return a.identifier.system === b.identifier.system && normaliseText(a.identifier.value ?? '') === normaliseText(b.identifier.value ?? '');
  }
  if (a.reference !== undefined && a.reference === b.reference) return true;
  return a.display !== undefined && b.display !== undefined && normaliseText(a.display) === normaliseText(b.display);
}
