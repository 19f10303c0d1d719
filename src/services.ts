import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditLogOf, openLogIdentity } from './audit-services.ts';
import { systemsOf } from './system-services.ts';
import type { Config } from './config.ts';
import { loadDefinitions } from './fhir/definitions.ts';
import { loadProfiles, loadUkCore } from './fhir/profiles.ts';
import { partnerPeople, personas, signatories } from './demo/personas.ts';
import type { SensitiveCodes } from './fhir/sensitive-codes.ts';
import type { OrganisationKey, Requester } from './fhir/sharing.ts';
import { applySensitiveCodes } from './flow/intake/apply-sensitive-codes.ts';
import { createConformance } from './flow/reading/conformance.ts';
import { createTransform } from './flow/mapping/transform-content.ts';
import { validateAsked, type ValidateAsk } from './flow/reading/validate-asked.ts';
import { breakGlass, endBreakGlass, ownEmergencies, type EmergencyAsk } from './flow/sharing/break-glass.ts';
import { describeRefusedRequest, type RefusedRequest } from './flow/describe-refused-request.ts';
import { explainAccess, type ExplainAsk } from './flow/sharing/explain-access.ts';
import { loadDirectory } from './flow/directory.ts';
import { saveExpectations } from './store/intake/feed-freshness.ts';
import { countFeedWork } from './store/intake/feed-work.ts';
import { openFeedMappings, type FeedMappings } from './flow/intake/feed-mappings.ts';
import { measureOperation } from './flow/measure-operation.ts';
import { readSignedIn, signedInId } from './flow/reading/read-signed-in.ts';
import { reindexRows } from './flow/intake/reindex-rows.ts';
import { replayTogether, startReplayWorker } from './flow/feeds/work-replays.ts';
import { startLinkageRuns } from './flow/linkage/work-linkage-runs.ts';
import { watchLateReferrals } from './flow/story/watch-late-referrals.ts';
import { watchEmergencyReviews, type ReviewWatch } from './flow/sharing/watch-emergency-reviews.ts';
import { changeChoice, fileChoice } from './flow/sharing/file-choice.ts';
import { waysIn } from './flow/intake/ways-in.ts';
import { createInTurn } from './flow/intake/in-turn.ts';
import { writeThroughApi } from './flow/writing/write-through-api.ts';
import type { WriteWork } from './flow/writing/write-records.ts';
import { createWhatIf } from './flow/sharing/what-if.ts';
import { watchAgreementDates, type AgreementWatch } from './flow/sharing/watch-agreement-dates.ts';
import type { IntakeContext } from './flow/intake/intake-context.ts';
import { matchPatient, type MatchInput } from './flow/linkage/match-patient.ts';
import { pagesOf } from './page-services.ts';
import { createPolicy } from './flow/policy.ts';
import { readAgreementFiles, registerAgreements, signDemoAgreements } from './flow/register-agreements.ts';
import type { ReleaseContext, RequestFacts } from './flow/release-context.ts';
import { reconstructDecision } from './flow/sharing/reconstruct-decision.ts';
import { appendOrRefuse, releaseRecords } from './flow/release-records.ts';
import type { Ask } from './flow/read-asked.ts';
import { confirmFact } from './flow/story/confirm-fact.ts';
import type { NamedVersion } from './flow/read-named.ts';
import { countToldOnce } from './flow/story/count-told-once.ts';
import { requestCorrection, type CorrectionAsk } from './flow/story/request-correction.ts';
import { watchOddLooks } from './flow/audit/watch-odd-looks.ts';
import { watchDisagreements } from './flow/story/watch-disagreements.ts';
import { watchCorrections } from './flow/story/watch-corrections.ts';
import { releaseStory, type StoryOf } from './flow/story/release-story.ts';
import { decideSameEvent, type SameEventAsk } from './flow/linkage/decide-same-event.ts';
import { releaseTimeline, type TimelineAsk } from './flow/story/release-timeline.ts';
import { sealEntries } from './flow/audit/seal-entries.ts';
import { validateAt } from './flow/intake/remember-valid.ts';
import { readJobTask } from './flow/read-job-task.ts';
import { readAuditEvent, searchAuditTrail, type AuditAsk } from './flow/audit/search-audit.ts';
import { resumeWaiting } from './flow/linkage/requeue-about.ts';
import { startIntakeWorker } from './flow/intake/work-intake.ts';
import { answersOf, clientsOf, casesOf, emergenciesOf, feedWorkOf, governanceOf, keepingOf, linkageRunsOf, linkReviewsOf } from './governance-services.ts';
import { personsOf } from './person-services.ts';
import { sensitiveCodesFolder } from './intake/sensitive-code-files.ts';
import { loadMapped } from './load-mapped.ts';
import type { Log } from './edge/log.ts';
import { createPostHook } from './edge/webhooks/post-hook.ts';
import { pairGrader } from './linkage/grade-pair.ts';
import { openAuditTrail } from './store/audit/audit-trail.ts';
import type { Database } from './store/database.ts';
import { findClient, listBrowserAppAddresses } from './store/partners/oauth-clients.ts';
import { openOAuthState } from './store/partners/oauth-state.ts';
import { openTokenStops } from './store/partners/token-stops.ts';
import { openWebSessions } from './store/partners/web-sessions.ts';
import { hasMark, setMark } from './store/marks.ts';
import { isOutdated, readServerVersion } from './store/server-version.ts';
import { loadSecrets } from './store/secrets.ts';
import { openSharingClasses } from './store/record/sharing-classes.ts';
import type { JsonObject } from './fhir/json.ts';

/** Where the data a reviewer reads lies, relative to the project's root. */
const projectRoot = join(import.meta.dirname, '..');

export interface ServiceOptions {
  database: Database;
  config: Pick<Config, 'ukCoreDir' | 'limits' | 'demo' | 'sessions' | 'emergency' | 'smallNumber' | 'audit' | 'baseUrl' | 'hookHosts' | 'issuer'>;
  log: Log;
  clock?: () => Date;
  newId?: () => string;
  /** folder of agreement files; default agreements/ */
  agreements?: string;
  /** folder of feeds, maps and tables; default mappings/ */
  mappings?: string;
  /** folder of code sets; default sensitive-codes/ in it */
  codeSets?: string;
  /** how much of a replay is done in one transaction */
  replayTogether?: typeof replayTogether;
  /** how often the worker looks for work nobody woke it for */
  pollMs?: number;
}

export type Services = Awaited<ReturnType<typeof createServices>>;

/** Loads definitions, profiles, maps and agreements, brings the record up to date, and starts what works by itself. */
async function openParts({
  database, config, log, clock = () => new Date(), newId = randomUUID, agreements = join(projectRoot, 'agreements'), mappings: folder = join(projectRoot, 'mappings'), codeSets = join(folder, sensitiveCodesFolder), replayTogether: together = replayTogether, pollMs,
}: ServiceOptions) {
  loadDefinitions();
  loadProfiles(join(projectRoot, 'profiles'));
  if (config.ukCoreDir !== null) loadUkCore(config.ukCoreDir);
  const { mappings, codes, linkage, story, holdBack, retention, subjectAccess, writing, cases } = loadMapped(folder, codeSets);
  const feeds = await openFeedMappings(database, mappings, clock());
  await saveExpectations(database, mappings.feeds.flatMap(({ key, expectedWithinHours: hours }) => (hours === undefined ? [] : [{ key, hours }])));

  const secrets = await loadSecrets(database);
  const classes = await openSharingClasses(database);
  await bringUpToDate(database, classes, codes, log);
  const directory = await loadDirectory(database, secrets, mappings, clock());
  await openAgreements(database, agreements, config.demo);
  if (isOutdated(await readServerVersion(database))) log('database-outdated');
  const audit = openAuditTrail(database, sealEntries);
  const identity = await openLogIdentity(database, config.audit, { audit, clock, newId });
  const policy = createPolicy(database, classes);
  const intake: IntakeContext = { database, secrets, classes, registry: mappings.feeds, mappingOf: feeds.live, holdFeeds: feeds.hold, directory, sensitiveCodes: codes, grade: pairGrader(linkage), validate: validateAt(clock), clock, newId };
  const waitingFeeds = await tellWaiting(database, feeds, log);
  const release: ReleaseContext = { database, secrets, policy, audit, directory, custodianOf: custodiansOf(mappings), clock, newId };
  const watches = [await watchDates({ database, secrets }, log), await watchReviews(database, config.emergency.reviewDays, log)];
  await resumeWaiting(database);
  const told = { ...release, classes, story };
  const systems = systemsOf({ ...release, validate: intake.validate }, config, log);
  const rounds = { ...roundsOf(told, log), ...systems.rounds, oddLooks: watchOddLooks({ database, rule: cases, linkage, custodianOf: custodiansOf(mappings), clock, newId }, (error) => log('odd-looks-failed', { error })) };
  const worker = startIntakeWorker({ ...intake, audit }, (event) => log(intakeEvents[event]), pollMs);
  const replays = startReplayWorker({ ...intake, feeds, together }, (error) => log('replay-failed', { error }));
  const linkageRuns = startLinkageRuns({ ...intake, ruleVersion: linkage.version }, (error) => log('linkage-run-failed', { error }), pollMs);
  const wake = (): void => [worker, replays].forEach((each) => { each.wake(); }); // a feed in shadow is the replays' work

  return { database, config, clock, newId, mappings, linkage, story, holdBack, retention, subjectAccess, writing, cases, feeds, secrets, classes, directory, audit, identity, policy, intake, waitingFeeds, release, watches, told, systems, rounds, worker, replays, linkageRuns, wake };
}

/**
 * The composition root: opens what one process works with and hands each story its parts. Refuses to start on any mistake in
 * what it loads, all told together.
 */
export async function createServices(options: ServiceOptions) {
  const {
    database, config, clock, newId, mappings, linkage, holdBack, retention, subjectAccess, writing, cases, feeds, secrets, classes, directory, audit, identity, policy, intake, waitingFeeds, release, watches, told, systems, rounds, worker, replays, linkageRuns, wake,
  } = await openParts(options);

  return {
    database, mappings, waitingFeeds, policy, audit, worker, operation: measureOperation({ database, audit, feeds: mappings.feeds.map(({ key }) => key) }), ...rounds, limits: config.limits, clock, newId,
    release: (requester: Requester, ask: Ask, request: RequestFacts) => releaseRecords(release, requester, ask, request),
    readAudit: (requester: Requester, id: string, request: RequestFacts, base: string) => readAuditEvent(release, requester, id, request, base),
    searchAudit: (requester: Requester, ask: AuditAsk, request: RequestFacts, base: string) => searchAuditTrail(release, requester, ask, request, base),
    ...choicesOf({ ...intake, ...release, partners: mappings.partners }), ...writesOf({ ...intake, ...release, writing, partners: mappings.partners, inTurn: createInTurn() }), ...eventsOf(told), ...toldOf(told), ...personsOf({ ...told, registry: intake.registry }), ...publishedOf(mappings, release),
    governance: { ...governanceOf(release), whatIf: createWhatIf({ ...release, classes, smallNumber: config.smallNumber }), toldOnce: (requester: Requester, request: RequestFacts) => countToldOnce({ ...release, smallNumber: config.smallNumber }, requester, request) }, directoryIdOf: (organisation: string) => directory.get(organisation)?.id, emergencies: emergenciesOf(release), clients: clientsOf({ ...intake, ...release, ownIds }), issuerStores: issuerStoresOf(database, directory, (person) => signedInId(secrets, person)), feedWork: feedWorkOf({ ...release, feeds, wake, dropped: mappings.dropped }), linkReviews: linkReviewsOf({ ...intake, ...release, linkage, wake: worker.wake }), linkageRuns: linkageRunsOf({ ...release, ruleVersion: linkage.version, wake: linkageRuns.wake }),
    auditLog: auditLogOf({ ...release, log: identity }, config.audit, createPostHook(config.hookHosts)), ...emergencyAccessOf({ ...release, mostOpenedAnHour: config.emergency.perHour, minutes: config.emergency.minutes }),
    matchPatient: (requester: Requester, input: MatchInput, request: RequestFacts) => matchPatient({ ...release, grade: intake.grade, registry: intake.registry, validate: intake.validate }, requester, input, request),
    explainAccess: (requester: Requester, ask: ExplainAsk, request: RequestFacts) => explainAccess(release, requester, ask, request),
    reconstruct: (requester: Requester, id: string, request: RequestFacts) => reconstructDecision({ ...release, classes }, requester, id, request),
    recordRefusal: (refused: RefusedRequest) => appendOrRefuse(release, describeRefusedRequest(refused, newId(), clock())),
    ...pagesOf(secrets), exports: systems.exports, subscriptions: systems.subscriptions, ...answersOf({ ...told, holdBack }), ...keepingOf({ ...release, holdBack, retention, subjectAccess, feeds: mappings.feeds.map(({ key, partner }) => ({ key, organisation: partner.organisation })) }), ...casesOf({ ...release, caseRule: cases }),
    ...waysIn({ ...release, ...intake, feeds, mostBytes: config.limits.intakeBytes, wake }),
    readTask: (requester: Requester, taskId: string) => readJobTask(release, requester, taskId),
    webSessions: openWebSessions(database, config.sessions),
    ...demoMarkOf(database),
    close: async () => {
      for (const watch of watches) watch.stop();
      await Promise.all([worker.stop(), replays.stop(), linkageRuns.stop(), ...Object.values(rounds).map((each) => each.stop())]);
    },
  };
}

/** What the gateway's own issuer keeps in the record. */
function issuerStoresOf(database: Database, directory: ReleaseContext['directory'], practitionerOf: (person: string) => string) {
  return {
    practitionerOf, state: openOAuthState(database), stops: openTokenStops(database), findClient: (id: string) => findClient(database, id),
    appOrigins: async () => (await listBrowserAppAddresses(database)).map((address) => new URL(address).origin),
    knownName: (organisation: string) => directory.get(organisation)?.name, nameOf: (organisation: string) => directory.get(organisation)?.name ?? organisation,
  };
}

/** What is stored is found and labelled as this program would store it, before anything is served. */
async function bringUpToDate(database: Database, classes: Parameters<typeof applySensitiveCodes>[1], codes: SensitiveCodes, log: Log): Promise<void> {
  await reindexRows(database, () => { log('search-reindexing'); });
  await applySensitiveCodes(database, classes, codes);
}

/** Who acts by these names is no registered client: the gateway itself, its viewer, and the demo's people. */
const ownIds = new Set(['onestory', 'onestory-viewer', 'what-if', ...[...personas, ...partnerPeople, ...signatories].map(({ id }) => id)]);

const intakeEvents = { 'batch-failed': 'intake-retried', 'row-failed': 'worker-failed', outdated: 'intake-outdated' } as const;

/** Feeds whose mapping changed and waits for its replay. Those the folder does not have are told of too, where anything of them waits. */
async function tellWaiting(database: Database, { feeds, look }: Pick<FeedMappings, 'feeds' | 'look'>, log: Log): Promise<string[]> {
  const states = await look();
  const waiting = states.flatMap(({ feed, candidate }) => (candidate === null ? [] : [feed]));
  for (const feed of waiting) log('mapping-waits', { feed });
  const missing = states.map(({ feed }) => feed).filter((feed) => feeds.every(({ key }) => key !== feed));
  for (const { feed, received, pending } of (await countFeedWork(database, missing)).values()) if (received + pending > 0) log('feed-missing', { feed, count: received + pending });
  return waiting;
}

/** Emergency access as who needs it asks for it. */
function emergencyAccessOf(context: Parameters<typeof breakGlass>[0]) {
  return {
    breakGlass: (requester: Requester, ask: EmergencyAsk, request: RequestFacts) => breakGlass(context, requester, ask, request),
    endBreakGlass: (requester: Requester, citizen: string, request: RequestFacts) => endBreakGlass(context, requester, citizen, request),
    ownEmergencies: (requester: Requester) => ownEmergencies(context, requester),
  };
}

/** Whether the demo's people were sent in. */
function demoMarkOf(database: Database) {
  return { demoLoaded: () => hasMark(database, 'demo-loaded'), markDemoLoaded: () => setMark(database, 'demo-loaded'), demoActs: { has: (name: string) => hasMark(database, `demo-act-${name}`), set: (name: string) => setMark(database, `demo-act-${name}`) } };
}

/** Registers agreements/*.yaml; with the demo they are signed and activated as well, all but the draft. */
async function openAgreements(database: Database, folder: string, demo: boolean): Promise<void> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort();
  const agreements = readAgreementFiles(files.map((file) => ({ file: `agreements/${file}`, text: readFileSync(join(folder, file), 'utf8') })));
  await registerAgreements(database, agreements);
  if (demo) await signDemoAgreements(database, agreements);
}

/** What happened to a citizen, and what people decide about it. */
function eventsOf(context: Parameters<typeof releaseTimeline>[0]) {
  return {
    timeline: (requester: Requester, ask: TimelineAsk, request: RequestFacts) => releaseTimeline(context, requester, ask, request),
    sameEvent: (requester: Requester, ask: SameEventAsk, request: RequestFacts) => decideSameEvent(context, requester, ask, request),
  };
}

/** Citizens' choices as the FHIR API takes them. */
function choicesOf(context: Parameters<typeof fileChoice>[0]) {
  return {
    fileChoice: (requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) => fileChoice(context, requester, resource, bytes, request),
    changeChoice: (requester: Requester, id: string, ifMatch: number | null, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) =>
      changeChoice(context, requester, id, ifMatch, resource, bytes, request),
  };
}

/** Records as the FHIR API takes them. */
function writesOf(context: Parameters<typeof writeThroughApi>[0]) {
  return { write: (requester: Requester, work: WriteWork, request: RequestFacts) => writeThroughApi(context, requester, work, request) };
}

/** What is looked for again and again: each becomes Tasks of those it is about. */
function roundsOf(told: Parameters<typeof watchLateReferrals>[0], log: Log) {
  return {
    lateReferrals: watchLateReferrals(told, (error) => log('referral-watch-failed', { error })),
    corrections: watchCorrections(told, (error) => log('correction-watch-failed', { error })),
    disagreements: watchDisagreements(told, (error) => log('disagreement-watch-failed', { error })),
  };
}

/** Whose a feed is; of one that is no longer there nobody's. */
function custodiansOf({ feeds }: Pick<Parameters<typeof createConformance>[0], 'feeds'>): (feed: string) => OrganisationKey {
  const custodians = new Map(feeds.map(({ key, partner }) => [key, partner.organisation]));
  return (feed) => custodians.get(feed) ?? '';
}

/** What is published, and what is checked by it. */
function publishedOf(mappings: Parameters<typeof createConformance>[0], release: ReleaseContext) {
  return {
    conformance: createConformance(mappings),
    readSignedIn: (requester: Requester, id: string, request: RequestFacts) => readSignedIn(release, requester, id, request),
    transform: createTransform(release, mappings),
    validate: (requester: Requester, ask: ValidateAsk, request: RequestFacts) => validateAsked(release, requester, ask, request),
  };
}

/** One citizen's story, and what is said about a line of it. */
function toldOf(context: Parameters<typeof releaseStory>[0] & Parameters<typeof requestCorrection>[0]) {
  return {
    story: (requester: Requester, of: StoryOf, base: string, request: RequestFacts) => releaseStory(context, requester, of, base, request),
    confirm: (requester: Requester, citizen: string, named: NamedVersion, request: RequestFacts) => confirmFact(context, requester, citizen, named, request),
    correct: (requester: Requester, citizen: string, ask: CorrectionAsk, bytes: Uint8Array, request: RequestFacts) => requestCorrection(context, requester, citizen, ask, bytes, request),
  };
}

/** Tells which reviews are overdue, and goes on doing so once a day. */
async function watchReviews(database: Database, days: number, log: Log): Promise<ReviewWatch> {
  const watch = watchEmergencyReviews(database, days,
    ({ reference, days: open, missing }) => log('emergency-review-overdue', { reference, days: open, count: missing }), (error) => log('emergency-watch-failed', { error }));
  await watch.look();
  return watch;
}

/** Publishes the register, tells what is near, and goes on doing so once a day. */
async function watchDates(stores: Parameters<typeof watchAgreementDates>[0], log: Log): Promise<AgreementWatch> {
  const watch = watchAgreementDates(stores,
    ({ agreement, version, of, days }) => log('agreement-expires', { agreement: `${agreement}/${version}`, boundary: of, days }), (error) => log('agreement-watch-failed', { error }));
  await watch.look();
  return watch;
}
