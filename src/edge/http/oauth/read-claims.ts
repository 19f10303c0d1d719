import type { JWTPayload } from 'jose';

import type { Problem } from '../../../fhir/problem.ts';
import { purposes, sharingRoles } from '../../../fhir/sharing.ts';
import type { Requester } from '../../../fhir/sharing.ts';

/** A claim that is longer than this is not a name, a code or an identifier. */
const maxClaimLength = 512;
const maxScopes = 64;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * Who asks, from the claims of a token whose signature, issuer, audience and times have been checked.
 *
 * `organisation` is `system|value` with an absolute system; `role` and `purpose` come from the words of sharing;
 * `scope` is a space-separated list and may be empty. A person (any role but `integration`) has a `name`, and `sub`
 * is the person; a system has neither. Scopes of a patient's context count with a `patient` who is a citizen's id, and then they
 * alone do; without one they give nothing. Anything unknown or missing refuses the whole token: no claim has a default.
 */
export function readClaims(payload: JWTPayload): { requester: Requester } | { problem: Problem } {
  const client = words(payload['client_id']);
  const token = words(payload.jti);
  const subject = words(payload.sub);
  const organisation = organisationKey(payload['organisation']);
  const organisationName = words(payload['organisation_name']);
  const role = sharingRoles.find((known) => known === payload['role']);
  const purpose = purposes.find((known) => known === payload['purpose']);
  const scopes = scopeList(payload['scope']);
  const name = words(payload['name']);
  if (client === null) return refuse('client_id');
  if (token === null) return refuse('jti');
  if (subject === null) return refuse('sub');
  if (organisation === null) return refuse('organisation');
  if (organisationName === null) return refuse('organisation_name');
  if (role === undefined) return refuse('role');
  if (purpose === undefined) return refuse('purpose');
  if (scopes === null) return refuse('scope');
  if ((role === 'integration') !== (payload['name'] === undefined)) return refuse('name');
  if (role === 'integration') return { requester: { client, token, organisation, organisationName, role, purpose, scopes } };
  if (name === null) return refuse('name');
  return { requester: { client, token, person: { id: subject, name }, organisation, organisationName, role, purpose, ...inContext(scopes, payload['patient']) } };
}

function inContext(scopes: readonly string[], patient: unknown): Pick<Requester, 'scopes' | 'citizen'> {
  const [ofPatient, others] = [scopes.filter((scope) => scope.startsWith('patient/')), scopes.filter((scope) => !scope.startsWith('patient/'))];
  return ofPatient.length > 0 && typeof patient === 'string' && uuid.test(patient) ? { scopes: [...ofPatient, ...others.filter((scope) => scope === 'fhirUser')], citizen: patient } : { scopes: others };
}

function refuse(claim: string): { problem: Problem } {
  return {
    problem: {
      category: 'unauthenticated', code: 'token-claims', text: 'The bearer token does not say who asks in a form this gateway knows.',
      at: { field: claim }, fix: `Have the issuer set the claim ${claim}.`,
    },
  };
}

/** Printable text without control characters, or null. */
function words(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxClaimLength && !/[\p{Cc}\p{Cs}]/u.test(value) ? value : null;
}

function organisationKey(value: unknown): string | null {
  const text = words(value);
  return text !== null && /^(https?:\/\/[^\s|]+|urn:[^\s|]+)\|[^\s|]+$/.test(text) ? text : null;
}

/** RFC 6749 section 3.3; an absent scope grants nothing, which is allowed. */
function scopeList(value: unknown): string[] | null {
  if (value === undefined || value === '') return [];
  if (typeof value !== 'string' || value.length > 4096 || !/^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/.test(value)) return null;
  const scopes = value.split(' ');
  return scopes.length <= maxScopes ? scopes : null;
}
