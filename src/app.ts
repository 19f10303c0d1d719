import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { auditRoutes } from './edge/http/audit/routes.ts';
import { fhirRoutes } from './edge/http/fhir/routes.ts';
import { intakeRoutes } from './edge/http/intake.ts';
import { startPage } from './edge/http/start-page.ts';
import { governanceRoutes } from './edge/http/governance/routes.ts';
import { health } from './edge/http/health.ts';
import { notRouted } from './edge/http/not-routed.ts';
import { createIdentify } from './edge/http/session/identify.ts';
import { sessionRoutes } from './edge/http/session/routes.ts';
import { sessionCookie } from './edge/http/session/session-cookie.ts';
import type { SignIn } from './edge/http/session/sign-in.ts';
import { createViewerSessions } from './edge/http/session/viewer-sessions.ts';
import { smartConfiguration, type SmartFacts } from './edge/http/smart-configuration.ts';
import { viewer } from './edge/http/viewer.ts';
import type { TokenVerifier } from './edge/http/oauth/verify-token.ts';
import type { Log } from './edge/log.ts';
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
  /** the embedded issuer, mounted at /oauth */
  issuer: RequestHandler | null;
  /** how people sign in to the viewer */
  signIn: SignIn;
  /** folder of the built viewer; null: this gateway serves programs only */
  viewerFolder: string | null;
  smart: SmartFacts;
  /** why the gateway is not ready; empty = ready */
  notReady: () => string[];
}

/** The whole HTTP surface: every middleware in order. Tests use it as it is. */
export function createApp(options: AppOptions): Express {
  const { services, verify, log, baseUrl } = options;
  const base = `${baseUrl}/fhir`;
  const sessions = createViewerSessions({ store: services.webSessions, cookie: sessionCookie(baseUrl), signIn: options.signIn, issuer: options.smart.issuer, clock: services.clock });
  const routing = { identify: createIdentify(verify, sessions), log, recordRefusal: services.recordRefusal };
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  const https = baseUrl.startsWith('https:');
  app.use(helmet({
    strictTransportSecurity: https,
    contentSecurityPolicy: { useDefaults: false, directives: {
      defaultSrc: ["'none'"], styleSrc: ["'self'"], imgSrc: ["'self'", 'data:'], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
      ...(https && { upgradeInsecureRequests: [] }),
    } },
  }));
  app.use(health(services.database, options.notReady));
  if (options.issuer) app.use('/oauth', options.issuer);
  app.get(['/.well-known/smart-configuration', '/fhir/.well-known/smart-configuration'], smartConfiguration(options.smart));
  app.use('/fhir', fhirRoutes({
    ...routing, forms: ['json', 'xml'], base, version: options.version, startedAt: services.clock().toISOString(), limits: services.limits, oauth: { authorize: options.smart.authorizationEndpoint, token: options.smart.tokenEndpoint },
    release: services.release, sealPage: services.sealPage, openPage: services.openPage, timeline: services.timeline, story: services.story, confirm: services.confirm, correct: services.correct, sameEvent: services.sameEvent, fileChoice: services.fileChoice, changeChoice: services.changeChoice, write: services.write, breakGlass: services.breakGlass, matchPatient: services.matchPatient, explainAccess: services.explainAccess, reconstruct: services.reconstruct, endBreakGlass: services.endBreakGlass,
    clock: services.clock, newId: services.newId, takesBundles: services.takesBundles, bundleOutcome: services.bundleOutcome, intakeLimit: services.intakeLimit, acceptBytes: services.acceptBytes, readTask: services.readTask,
    accessReport: services.accessReport, nameOf: services.nameOf, exports: services.exports, subscriptions: services.subscriptions,
    conformance: services.conformance, validate: services.validate,
    searchAudit: (requester, ask, request) => services.searchAudit(requester, ask, request, base),
  }));
  app.use('/intake', intakeRoutes({ ...routing, base, intakeLimit: services.intakeLimit, acceptBytes: services.acceptBytes, readTask: services.readTask, uploads: services.uploads }));
  app.use('/governance', governanceRoutes({ ...routing, governance: services.governance, emergencies: services.emergencies, feedWork: services.feedWork, linkReviews: services.linkReviews, linkageRuns: services.linkageRuns, holdBacks: services.holdBacks, reports: services.reports, replayLooks: services.replayLooks, sealPage: services.sealPage, openPage: services.openPage }));
  app.use('/audit', auditRoutes({ ...routing, auditLog: services.auditLog }));
  app.use('/session', sessionRoutes({ baseUrl, sessions, signIn: options.signIn, verify, log }));
  if (options.viewerFolder !== null) app.use('/app', viewer(options.viewerFolder, https));
  app.use(startPage(options.start));
  app.use(notRouted(log));
  return app;
}
