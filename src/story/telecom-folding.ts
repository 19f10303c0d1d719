import type { ContactPoint } from '@medplum/fhirtypes';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';

/** One number or address somebody is reached by, however it is spaced and whatever it is said to be for; one given up is another. */
export const telecomFolding: Folding<ContactPoint> = {
  size: (telecom) => Object.keys(telecom).length * 100 + (telecom.value?.length ?? 0),
  join(host, other) {
    if (reachedBy(host) !== reachedBy(other) || (host.use === 'old') !== (other.use === 'old')) return undefined;
    const rest = joinRest(host, other, ['value', 'use', 'rank']);
    const [value, use, rank] = [host.value ?? other.value, host.use ?? other.use, host.rank ?? other.rank];
    return rest && { ...rest, ...(value !== undefined && { value }), ...(use !== undefined && { use }), ...(rank !== undefined && { rank }) };
  },
};

/** A telephone number is the same with its spaces or without, and as it is called from abroad. */
export function reachedBy({ value = '' }: ContactPoint): string {
  const text = value.toLowerCase().replace(/\s+/g, '');
  return /^[+0-9()./-]+$/.test(text) ? text.replace(/[().-]|\//g, '').replace(/^(\+|00)440?/, '0') : text;
}
