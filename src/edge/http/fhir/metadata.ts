import type { RequestHandler } from 'express';
import { capabilityStatement } from '../../../fhir/capability.ts';
import { interactionsOf } from './interactions.ts';

export interface MetadataServices {
  base: string;
  version: string;
  startedAt: string;
  oauth: { authorize: string; token: string };
}

/** GET [base]/metadata · public, made from the routes' own table. */
export function metadata({ base, version, startedAt, oauth }: MetadataServices): RequestHandler {
  const text = JSON.stringify(capabilityStatement({
    base, version, date: startedAt, interactions: interactionsOf, oauth,
    operations: { Patient: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }] },
  }));
  return (_request, response) => {
    response.set('Content-Type', 'application/fhir+json; charset=utf-8').end(text);
  };
}
