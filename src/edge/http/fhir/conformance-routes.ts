import type { Router } from 'express';
import { route, type Asked, type Reply, type RouteFacts, type RouteServices } from '../route.ts';
import { integration } from '../governance/feed-routes.ts';
import { permit } from './permit.ts';
import { expandValueSet, lookUpCode, transformContent, translateCode, validateCode, type TerminologyServices, type TransformServices } from './terminology.ts';
import { validate, type ValidateServices } from './validate.ts';

type Operation = (services: TerminologyServices, asked: Asked, posted: boolean) => Promise<Reply>;

/** What is asked of published words: nobody's data, so no entry is written for an answer. */
const terminologyOperations: readonly [type: string, name: string, operation: Operation, ofInstance: boolean][] = [
  ['ValueSet', 'expand', expandValueSet, true], ['ValueSet', 'validate-code', validateCode, true], ['CodeSystem', 'lookup', lookUpCode, false], ['ConceptMap', 'translate', translateCode, true],
];

/** `$validate`, `$transform` and the operations on what is published. */
export function addConformanceRoutes(router: Router, services: RouteServices & TransformServices & ValidateServices): void {
  for (const [type, name, operation, ofInstance] of terminologyOperations) {
    for (const at of [type, ...(ofInstance ? [`${type}/:id`] : [])]) {
      const facts: RouteFacts = { interaction: name, pattern: `${at.replace(':id', '{id}')}/$${name}`, permit: (requester, asked) => permit('read')(requester, { ...asked, params: { type } }) };
      router.get(`/${at}/\\$${name}`, route(services, facts, (asked) => operation(services, asked, false)));
      router.post(`/${at}/\\$${name}`, route(services, facts, (asked) => operation(services, asked, true)));
    }
  }
  for (const at of ['StructureMap', 'StructureMap/:id']) {
    router.post(`/${at}/\\$transform`, route(services, { interaction: 'transform', pattern: `${at.replace(':id', '{id}')}/$transform`, permit: integration }, (asked) => transformContent(services, asked)));
  }
  // of a type anybody may ask who may ask anything: what is sent is theirs, and nothing else is looked at
  router.post('/:type/\\$validate', route(services, { interaction: 'validate', pattern: '{type}/$validate', permit: () => null }, (asked) => validate(services, asked, true)));
  const ofInstance: RouteFacts = { interaction: 'validate', pattern: '{type}/{id}/$validate', permit: permit('read') };
  router.get('/:type/:id/\\$validate', route(services, ofInstance, (asked) => validate(services, asked, false)));
  router.post('/:type/:id/\\$validate', route(services, ofInstance, (asked) => validate(services, asked, true)));
}

/** Their addresses with what they take. */
export const conformanceAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ...terminologyOperations.flatMap(([type, name, , ofInstance]): [string, string, string][] => [type, ...(ofInstance ? [`${type}/:id`] : [])]
    .map((at) => [`/${at}/\\$${name}`, `${at.replace(':id', '{id}')}/$${name}`, 'GET, HEAD, POST'])),
  ['/StructureMap/\\$transform', 'StructureMap/$transform', 'POST'],
  ['/StructureMap/:id/\\$transform', 'StructureMap/{id}/$transform', 'POST'],
  ['/:type/\\$validate', '{type}/$validate', 'POST'],
  ['/:type/:id/\\$validate', '{type}/{id}/$validate', 'GET, HEAD, POST'],
];
