import type { RequestHandler } from 'express';

/** What the token issuer offers, for http://hl7.org/fhir/smart-app-launch/conformance.html */
export interface SmartFacts {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  introspectionEndpoint: string;
  revocationEndpoint: string;
  scopes: readonly string[];
  grantTypes: readonly string[];
  authMethods: readonly string[];
  signingAlgorithms: readonly string[];
}

/** GET /.well-known/smart-configuration: JSON whatever is accepted, open to every origin. */
export function smartConfiguration(facts: SmartFacts): RequestHandler {
  const text = JSON.stringify({
    issuer: facts.issuer, jwks_uri: facts.jwksUri, authorization_endpoint: facts.authorizationEndpoint, token_endpoint: facts.tokenEndpoint, introspection_endpoint: facts.introspectionEndpoint, revocation_endpoint: facts.revocationEndpoint,
    grant_types_supported: facts.grantTypes,
    token_endpoint_auth_methods_supported: facts.authMethods, token_endpoint_auth_signing_alg_values_supported: facts.signingAlgorithms,
    scopes_supported: facts.scopes, code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], capabilities: ['launch-ehr', 'launch-standalone', 'client-public', 'client-confidential-asymmetric', 'context-ehr-patient', 'context-standalone-patient', 'sso-openid-connect', 'permission-offline', 'permission-patient', 'permission-user', 'permission-v2'],
  });
  return (_request, response) => {
    response.set({ 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end(text);
  };
}
