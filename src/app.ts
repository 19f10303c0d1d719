import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { allowOrigins } from './edge/http/allow-origins.ts';
import { auditRoutes } from './edge/http/audit/routes.ts';
import { fhirRoutes } from './edge/http/fhir/routes.ts';
import { intakeRoutes } from './edge/http/intake.ts';
import { startPage } from './edge/http/start-page.ts';
import { governanceRoutes } from './edge/http/governance/routes.ts';
import { health } from './edge/http/health.ts';
import { notRouted } from './edge/http/not-routed.ts';
import { sandboxRoutes } from './edge/http/sandbox.ts';
import { createIdentify } from './edge/http/session/identify.ts';
import { sessionRoutes } from './edge/http/session/routes.ts';
import { sessionCookie } from './edge/http/session/session-cookie.ts';
import type { SignIn } from './edge/http/session/sign-in.ts';
import { createViewerSessions } from './edge/http/session/viewer-sessions.ts';
import { launchRoutes, openLaunched } from './edge/http/launch.ts';
import { createAppLaunches } from './edge/http/oauth/app-launches.ts';
import type { AppPeople } from './edge/http/oauth/app-page.ts';
import { limitIssuer } from './edge/http/oauth/limit-issuer.ts';
import { logIssuer } from './edge/http/oauth/log-issuer.ts';
import { createRateLimits, type RateSettings } from './edge/http/rate-limits.ts';
import { smartConfiguration, type SmartFacts } from './edge/http/smart-configuration.ts';
import { viewer } from './edge/http/viewer.ts';
import { tokenByPost } from './edge/http/oauth/token-by-post.ts';
import type { TokenVerifier } from './edge/http/oauth/verify-token.ts';
import type { Log } from './edge/log.ts';
import type { Sandboxes } from './edge/sandboxes/sandboxes.ts';
import type { StartInfo } from './edge/start-info.ts';
import type { Services } from './services.ts';

export interface AppOptions {
  services: Services;
  verify: TokenVerifier;
  log: Log;
  /** without trailing slash */
  baseUrl: string;
  version: string;
  start: StartInfo;
  /** the gateway's own issuer, mounted at /oauth */
  issuer: (people: AppPeople) => RequestHandler;
  /** how much one caller may ask */
  rates: RateSettings;
  /** addresses of the operator's own proxies, whose X-Forwarded-For is believed */
  proxies: readonly string[];
  /** how people sign in to the viewer */
  signIn: SignIn;
  /** folder of the built viewer; null: this gateway serves programs only */
  viewerFolder: string | null;
  smart: SmartFacts;
  /** partners' sandboxes; absent where none is offered */
  sandboxes?: Sandboxes | undefined;
  /** why the gateway is not ready; empty = ready */
  notReady: () => string[];
}

/** The whole HTTP surface: every middleware in order. Tests use it as it is. */
export function createApp(options: AppOptions): Express {
  const { services, verify, log, baseUrl } = options;
  const base = `${baseUrl}/fhir`;
  const sessions = createViewerSessions({ store: services.webSessions, cookie: sessionCookie(baseUrl), signIn: options.signIn, issuer: options.signIn.issuer, clock: services.clock });
  const rates = createRateLimits(options.rates);
  const routing = { identify: createIdentify(verify, sessions), log, rates, recordRefusal: services.recordRefusal };
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple').set('trust proxy', [...options.proxies]);
  const https = baseUrl.startsWith('https:');
  app.use(helmet({
    strictTransportSecurity: https,
    contentSecurityPolicy: { useDefaults: false, directives: {
      defaultSrc: ["'none'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
      ...(https && { upgradeInsecureRequests: [] }),
    } },
  }));
  app.use(health(async () => [...options.notReady(), ...await services.operation.failingParts()]));
  const signInOrigins = options.signIn.issuer === '' ? [] : [new URL(options.signIn.issuer).origin];
  app.use('/oauth', logIssuer(log), limitIssuer(createRateLimits(options.rates)), tokenByPost, options.issuer({ identify: routing.identify, signInOrigins, noteAllowed: services.clients.allow, release: services.release }));
  app.get(['/.well-known/smart-configuration', '/fhir/.well-known/smart-configuration'], smartConfiguration(options.smart));
  app.use('/fhir', allowOrigins(services.issuerStores.appOrigins), fhirRoutes({
    ...routing, forms: ['json', 'xml'], base, version: options.version, startedAt: services.clock().toISOString(), limits: services.limits, oauth: { authorize: options.smart.authorizationEndpoint, token: options.smart.tokenEndpoint, introspect: options.smart.introspectionEndpoint, revoke: options.smart.revocationEndpoint },
    release: services.release, sealPage: services.sealPage, openPage: services.openPage, timeline: services.timeline, story: services.story, confirm: services.confirm, correct: services.correct, sameEvent: services.sameEvent, fileChoice: services.fileChoice, changeChoice: services.changeChoice, write: services.write, breakGlass: services.breakGlass, matchPatient: services.matchPatient, explainAccess: services.explainAccess, reconstruct: services.reconstruct, endBreakGlass: services.endBreakGlass,
    clock: services.clock, newId: services.newId, takesBundles: services.takesBundles, bundleOutcome: services.bundleOutcome, intakeLimit: services.intakeLimit, acceptBytes: services.acceptBytes, readTask: services.readTask,
    summary: services.summary, presence: services.presence, crossReference: services.crossReference, documents: services.documents,
    accessReport: services.accessReport, nameOf: services.nameOf, exports: services.exports, subscriptions: services.subscriptions,
    conformance: services.conformance, validate: services.validate, transform: services.transform, readSignedIn: services.readSignedIn,
    readAudit: (requester, id, request) => services.readAudit(requester, id, request, base),
    searchAudit: (requester, ask, request) => services.searchAudit(requester, ask, request, base),
  }));
  app.use('/intake', intakeRoutes({ ...routing, base, ownsFeed: services.ownsFeed, intakeLimit: services.intakeLimit, acceptBytes: services.acceptBytes, readTask: services.readTask, uploads: services.uploads }));
  app.use('/governance', governanceRoutes({ ...routing, governance: services.governance, base, clients: services.clients, emergencies: services.emergencies, feedWork: services.feedWork, linkReviews: services.linkReviews, linkageRuns: services.linkageRuns, holdBacks: services.holdBacks, reports: services.reports, retention: services.retention, legalHolds: services.legalHolds, subjectAccess: services.subjectAccess, replayLooks: services.replayLooks, cases: services.cases, watched: services.watched, sealPage: services.sealPage, openPage: services.openPage }));
  app.use('/audit', auditRoutes({ ...routing, auditLog: services.auditLog }));
  if (options.sandboxes) app.use('/sandbox', sandboxRoutes({ ...routing, sandboxes: options.sandboxes }));
  const launching = { ...routing, baseUrl, signInOrigins, newId: services.newId, release: services.release, launches: createAppLaunches(services.issuerStores.state), findClient: services.issuerStores.findClient };
  app.use('/launch', launchRoutes(launching));
  app.use('/app/launch', openLaunched(launching));
  app.use('/session', sessionRoutes({ baseUrl, sessions, signIn: options.signIn, verify, log, ownEmergencies: services.ownEmergencies, directoryIdOf: services.directoryIdOf }));
  if (options.viewerFolder !== null) app.use('/app', viewer(options.viewerFolder, https));
  app.use(startPage(options.start));
  app.use(notRouted(log));
  return app;
}
