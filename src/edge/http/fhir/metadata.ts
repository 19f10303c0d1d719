import type { CapabilityStatement } from '@medplum/fhirtypes';
import type { Request, RequestHandler } from 'express';
import { capabilityStatement, type CapabilityInput } from '../../../fhir/capability.ts';
import { outcomeOf, problemsOf, statusOf } from '../../../fhir/outcome.ts';
import { conformanceTypes } from '../../../flow/reading/conformance.ts';
import { readParameters } from '../read-parameters.ts';
import { contentTypes, plainJson, readRepresentation, represent, type Representation } from '../representation.ts';
import { interactionsOf, systemOffers } from './interactions.ts';
import { operationsOf } from './operations.ts';
import { conformanceParameters } from './search-conformance.ts';

export interface MetadataServices {
  base: string;
  version: string;
  startedAt: string;
  oauth: CapabilityInput['oauth'];
}

/** What is offered, from the routes' own tables. */
export function statementOf({ base, version, startedAt, oauth }: MetadataServices): CapabilityStatement & { id: string } {
  return {
    id: 'onestory', url: `${base}/metadata`, name: 'OneStory', title: 'OneStory shared care record and FHIR gateway',
    ...capabilityStatement({
      base, version, date: startedAt, interactions: interactionsOf, compartment: true, parameters: Object.fromEntries(conformanceTypes.map((type) => [type, conformanceParameters])), system: systemOffers, oauth,
      operations: Object.fromEntries(Object.keys(interactionsOf).map((type) => [type, operationsOf(type)])),
    }),
  };
}

/** GET [base]/metadata · public. */
export function metadata(statement: CapabilityStatement): RequestHandler {
  const text = JSON.stringify(statement);
  return (request, response) => {
    const { status, answer, representation } = represented(request, text);
    response.status(status).set('Content-Type', contentTypes[representation.form]).end(answer);
  };
}

function represented(request: Request, text: string): { status: number; answer: string; representation: Representation } {
  try {
    const parameters = readParameters(request.originalUrl.split('?')[1] ?? '');
    const representation = readRepresentation({ accept: request.get('Accept'), contentType: undefined }, parameters, { forms: ['json', 'xml'], parts: 'CapabilityStatement', counts: false });
    return { status: 200, representation, answer: represent(text, representation) };
  } catch (error) {
    const problems = problemsOf(error);
    return { status: statusOf(problems), representation: plainJson, answer: JSON.stringify(outcomeOf(problems)) };
  }
}
