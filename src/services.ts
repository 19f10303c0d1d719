import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyChain } from './audit/chain.ts';
import type { Config } from './config.ts';
import { loadDefinitions } from './fhir/definitions.ts';
import { loadProfiles, loadUkCore } from './fhir/profiles.ts';
import { Refusal } from './fhir/problem.ts';
import { validateResource } from './fhir/validate-resource.ts';
import type { Requester } from './fhir/sharing.ts';
import { acceptBytes } from './flow/accept-bytes.ts';
import { breakGlass, endBreakGlass, type EmergencyAsk } from './flow/break-glass.ts';
import { compileMaps } from './flow/compile-maps.ts';
import { describeRefusedRequest, type RefusedRequest } from './flow/describe-refused-request.ts';
import { explainAccess, type ExplainAsk } from './flow/explain-access.ts';
import { loadDirectory } from './flow/directory.ts';
import { activateAgreement, signAgreement, terminateAgreement, type AgreementName } from './flow/change-agreement.ts';
import { changeChoice, fileChoice } from './flow/file-choice.ts';
import { listRegister } from './flow/list-agreements.ts';
import { proposeAgreement } from './flow/propose-agreement.ts';
import { createWhatIf } from './flow/what-if.ts';
import { watchAgreementDates, type AgreementWatch } from './flow/watch-agreement-dates.ts';
import { findPart, type IntakeContext } from './flow/intake-context.ts';
import { describeIntake } from './flow/describe-intake.ts';
import { openPage, sealPage } from './flow/page-token.ts';
import { createPolicy } from './flow/policy.ts';
import { readAgreementFiles, registerAgreements, signDemoAgreements } from './flow/register-agreements.ts';
import type { ReleaseContext, RequestFacts } from './flow/release-context.ts';
import { reconstructDecision } from './flow/reconstruct-decision.ts';
import { appendOrRefuse, releaseRecords } from './flow/release-records.ts';
import type { Ask } from './flow/read-asked.ts';
import { sealEntry } from './flow/seal-entry.ts';
import { rememberValid } from './flow/remember-valid.ts';
import { readJobTask } from './flow/read-job-task.ts';
import { searchAuditTrail, type AuditAsk } from './flow/search-audit.ts';
import { startIntakeWorker } from './flow/work-intake.ts';
import { loadMappings } from './intake/load-mappings.ts';
import type { Log } from './edge/log.ts';
import { openAuditTrail } from './store/audit-trail.ts';
import type { Database } from './store/database.ts';
import { openWebSessions } from './store/web-sessions.ts';
import { hasMark, setMark } from './store/marks.ts';
import { loadSecrets } from './store/secrets.ts';
import { openSharingClasses } from './store/sharing-classes.ts';
import type { JsonObject } from './fhir/json.ts';

/** Where the data a reviewer reads lies, relative to the project's root. */
const projectRoot = join(import.meta.dirname, '..');

export interface ServiceOptions {
  database: Database;
  config: Pick<Config, 'ukCoreDir' | 'limits' | 'demo' | 'sessions'>;
  log: Log;
  clock?: () => Date;
  newId?: () => string;
  /** folder of agreement files; default agreements/ */
  agreements?: string;
  /** how often the worker looks for work nobody woke it for */
  pollMs?: number;
}

export type Services = Awaited<ReturnType<typeof createServices>>;

/**
 * The composition root: opens what one process works with and hands each story its parts. Loads definitions, profiles,
 * maps and agreements; starts the intake worker. Refuses to start on any mistake in them, all told together.
 */
export async function createServices({ database, config, log, clock = () => new Date(), newId = randomUUID, agreements = join(projectRoot, 'agreements'), pollMs }: ServiceOptions) {
  loadDefinitions();
  loadProfiles(join(projectRoot, 'profiles'));
  if (config.ukCoreDir !== null) loadUkCore(config.ukCoreDir);
  const mappings = loadMappings(join(projectRoot, 'mappings'));
  if ('problems' in mappings) throw new Refusal(...mappings.problems);
  const mapOf = compileMaps(mappings);

  const secrets = await loadSecrets(database);
  const classes = await openSharingClasses(database);
  const directory = await loadDirectory(database, secrets, mappings, clock());
  await openAgreements(database, agreements, config.demo);
  const audit = openAuditTrail(database, sealEntry, emptyChain);
  const policy = createPolicy(database, classes);
  const intake: IntakeContext = { database, secrets, classes, mappings, directory, mapOf, validate: rememberValid(validateResource), clock, newId };
  const release: ReleaseContext = { database, secrets, policy, audit, directory, clock, newId };
  const agreementDates = await watchDates({ database, secrets }, log);
  const worker = startIntakeWorker(intake, (event) => log(event === 'batch-failed' ? 'intake-retried' : 'worker-failed'), pollMs);

  return {
    database, mappings, policy, audit, worker, limits: config.limits, clock, newId,
    release: (requester: Requester, ask: Ask, request: RequestFacts) => releaseRecords(release, requester, ask, request),
    searchAudit: (requester: Requester, ask: AuditAsk, request: RequestFacts, base: string) => searchAuditTrail(release, requester, ask, request, base),
    fileChoice: (requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) =>
      fileChoice({ ...release, classes }, requester, resource, bytes, request),
    governance: { ...governanceOf(release), whatIf: createWhatIf({ ...release, classes }) },
    changeChoice: (requester: Requester, id: string, ifMatch: number | null, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) =>
      changeChoice({ ...release, classes }, requester, id, ifMatch, resource, bytes, request),
    breakGlass: (requester: Requester, ask: EmergencyAsk, request: RequestFacts) => breakGlass(release, requester, ask, request),
    endBreakGlass: (requester: Requester, citizen: string, request: RequestFacts) => endBreakGlass(release, requester, citizen, request),
    explainAccess: (requester: Requester, ask: ExplainAsk, request: RequestFacts) => explainAccess(release, requester, ask, request),
    reconstruct: (requester: Requester, id: string, request: RequestFacts) => reconstructDecision({ ...release, classes }, requester, id, request),
    recordRefusal: (refused: RefusedRequest) => appendOrRefuse(release, describeRefusedRequest(refused, newId(), clock())),
    sealPage: (requester: Requester, state: unknown) => sealPage(secrets.page, requester, state),
    openPage: (requester: Requester, token: string): unknown => {
      const opened = openPage(secrets.page, requester, token);
      if ('problem' in opened) throw new Refusal(opened.problem);
      return opened.state;
    },
    intakeLimit: (feed: string, part: string) => {
      const found = findPart(mappings, feed, part);
      return found ? Math.min(found.kind.limits.maxBytes, config.limits.intakeBytes) : null;
    },
    acceptBytes: async (requester: Requester, received: { feed: string; part: string; bytes: Uint8Array }, request: RequestFacts) => {
      const accepted = await acceptBytes(intake, { ...received, client: requester.client });
      await appendOrRefuse(release, describeIntake(requester, received, accepted.taskId, request, newId(), clock()));
      worker.wake();
      return accepted;
    },
    readTask: (requester: Requester, taskId: string) => readJobTask(release, requester, taskId),
    webSessions: openWebSessions(database, config.sessions),
    demoLoaded: () => hasMark(database, 'demo-loaded'),
    markDemoLoaded: () => setMark(database, 'demo-loaded'),
    close: () => (agreementDates.stop(), worker.stop()),
  };
}

/** Registers agreements/*.yaml; with the demo they are signed and activated as well, all but the draft. */
async function openAgreements(database: Database, folder: string, demo: boolean): Promise<void> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort();
  const agreements = readAgreementFiles(files.map((file) => ({ file: `agreements/${file}`, text: readFileSync(join(folder, file), 'utf8') })));
  await registerAgreements(database, agreements);
  if (demo) await signDemoAgreements(database, agreements);
}

/** The register of agreements as the governance API offers it. */
function governanceOf(release: ReleaseContext) {
  return {
    list: (requester: Requester, which: AgreementName | null, request: RequestFacts) => listRegister(release, requester, which, request),
    propose: (requester: Requester, text: string, request: RequestFacts) => proposeAgreement(release, requester, text, request),
    sign: (requester: Requester, name: AgreementName, signing: Parameters<typeof signAgreement>[3], request: RequestFacts) => signAgreement(release, requester, name, signing, request),
    activate: (requester: Requester, name: AgreementName, request: RequestFacts) => activateAgreement(release, requester, name, request),
    terminate: (requester: Requester, name: AgreementName, request: RequestFacts) => terminateAgreement(release, requester, name, request),
  };
}

/** Publishes the register, tells what is near, and goes on doing so once a day. */
async function watchDates(stores: Parameters<typeof watchAgreementDates>[0], log: Log): Promise<AgreementWatch> {
  const watch = watchAgreementDates(stores,
    ({ agreement, version, of, days }) => log('agreement-expires', { agreement: `${agreement}/${version}`, boundary: of, days }), (error) => log('agreement-watch-failed', { error }));
  await watch.look();
  return watch;
}
