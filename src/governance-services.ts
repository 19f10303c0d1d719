import { actOnCase, type CaseActAsk, type CaseContext } from './flow/audit/act-on-case.ts';
import { listAccessCases, readAccessCase } from './flow/audit/list-cases.ts';
import { endWatch, listWatchedCitizens, watchCitizen, type WatchAsk } from './flow/audit/watched-citizens.ts';
import type { Requester } from './fhir/sharing.ts';
import { reportFeeds } from './flow/feeds/feed-doctor.ts';
import { readLedger, type LedgerActs } from './flow/feeds/feed-ledger.ts';
import { readWorkList, requeueRows } from './flow/feeds/feed-work-list.ts';
import { approveReplay, giveUpReplay, showReplay, startReplay } from './flow/feeds/replay-feed.ts';
import { claimPossibleLink, decidePossibleLink, releasePossibleLink, undoPossibleLink, type LinkOpinionGiven } from './flow/linkage/decide-link-review.ts';
import type { LinkReviewContext } from './flow/linkage/link-review-context.ts';
import { explainLinks } from './flow/linkage/explain-links.ts';
import { listPossibleLinks, showPossibleLink } from './flow/linkage/list-link-reviews.ts';
import { approveLinkageRun, giveUpLinkageRun, listLinkageChanges, showLinkageRun, startLinkageRun, type LinkageRunActs } from './flow/linkage/linkage-runs.ts';
import { listEmergencies, readEmergency } from './flow/sharing/list-emergencies.ts';
import { reviewEmergency, revokeEmergency } from './flow/sharing/review-emergency.ts';
import { decideHoldBack, endHoldBack, listHoldBacks, type HoldBackAsk, type HoldBackContext } from './flow/audit/hold-back.ts';
import { releaseAccessReport, type AccessReportAsk } from './flow/audit/release-access-report.ts';
import { endHold, listHolds, placeLegalHold, type LegalHoldAsk } from './flow/audit/legal-hold.ts';
import { columnsOf } from './flow/audit/read-report-page.ts';
import { replayLooks, type LookReplayAsk } from './flow/sharing/replay-looks.ts';
import { eraseDue, tellDue, type RetentionContext } from './flow/audit/retention.ts';
import { openSubjectAccess, type SubjectAccessContext } from './flow/audit/release-subject-access.ts';
import { checkReport, openReport, reports, type ReportAsk } from './flow/audit/write-report.ts';
import { addClient, allowApp, rotateKeys, showClients, switchClient, type ClientRegistryContext, type RotationAsk } from './flow/partners/client-registry.ts';
import type { ClientAsk } from './flow/partners/check-client.ts';
import type { SharingClasses } from './store/record/sharing-classes.ts';
import { activateAgreement, signAgreement, terminateAgreement, type AgreementName } from './flow/sharing/change-agreement.ts';
import { listRegister } from './flow/sharing/list-agreements.ts';
import { proposeAgreement } from './flow/sharing/propose-agreement.ts';
import type { ReleaseContext, RequestFacts } from './flow/release-context.ts';

/** The register of agreements as the governance API offers it. */
export function governanceOf(release: ReleaseContext) {
  return {
    list: (requester: Requester, which: AgreementName | null, request: RequestFacts) => listRegister(release, requester, which, request),
    propose: (requester: Requester, text: string, request: RequestFacts) => proposeAgreement(release, requester, text, request),
    sign: (requester: Requester, name: AgreementName, signing: Parameters<typeof signAgreement>[3], request: RequestFacts) => signAgreement(release, requester, name, signing, request),
    activate: (requester: Requester, name: AgreementName, request: RequestFacts) => activateAgreement(release, requester, name, request),
    terminate: (requester: Requester, name: AgreementName, request: RequestFacts) => terminateAgreement(release, requester, name, request),
  };
}

/** Programs that may ask for tokens, as the governance API offers them. */
export function clientsOf(context: ClientRegistryContext) {
  return {
    list: (requester: Requester, after: string, request: RequestFacts) => showClients(context, requester, after, request),
    add: (requester: Requester, ask: ClientAsk, request: RequestFacts) => addClient(context, requester, ask, request),
    rotate: (requester: Requester, id: string, ask: RotationAsk, request: RequestFacts) => rotateKeys(context, requester, id, ask, request),
    allow: (requester: Requester, id: string, scopes: readonly string[], request: RequestFacts) => allowApp(context, requester, id, scopes, request),
    switch: (requester: Requester, id: string, how: { enabled: boolean; reason: string }, request: RequestFacts) => switchClient(context, requester, id, how, request),
  };
}

/** What is stuck in feeds, and changes of how they are mapped, as the governance API offers them. */
export function feedWorkOf(acts: LedgerActs) {
  return {
    report: (requester: Requester, key: string | null, request: RequestFacts) => reportFeeds(acts, requester, key, request),
    ledger: (requester: Requester, key: string, request: RequestFacts) => readLedger(acts, requester, key, request),
    workList: (requester: Requester, key: string, offset: number, request: RequestFacts) => readWorkList(acts, requester, key, offset, request),
    requeue: (requester: Requester, key: string, choice: Parameters<typeof requeueRows>[3], request: RequestFacts) => requeueRows(acts, requester, key, choice, request),
    replay: {
      start: (requester: Requester, key: string, request: RequestFacts) => startReplay(acts, requester, key, request),
      show: (requester: Requester, key: string, request: RequestFacts) => showReplay(acts, requester, key, request),
      approve: (requester: Requester, key: string, candidate: string, request: RequestFacts) => approveReplay(acts, requester, key, candidate, request),
      giveUp: (requester: Requester, key: string, request: RequestFacts) => giveUpReplay(acts, requester, key, request),
    },
  };
}

/** Emergency access as those who oversee sharing review it. */
export function emergenciesOf(release: ReleaseContext) {
  return {
    list: (requester: Requester, asked: Parameters<typeof listEmergencies>[2], request: RequestFacts) => listEmergencies(release, requester, asked, request),
    read: (requester: Requester, reference: string, request: RequestFacts) => readEmergency(release, requester, reference, request),
    review: (requester: Requester, reference: string, found: Parameters<typeof reviewEmergency>[3], request: RequestFacts) => reviewEmergency(release, requester, reference, found, request),
    revoke: (requester: Requester, reference: string, request: RequestFacts) => revokeEmergency(release, requester, reference, request),
  };
}

/** Possible links as those who oversee sharing settle them. */
export function linkReviewsOf(context: LinkReviewContext) {
  return {
    list: (requester: Requester, asked: Parameters<typeof listPossibleLinks>[2], request: RequestFacts) => listPossibleLinks(context, requester, asked, request),
    why: (requester: Requester, citizen: string, request: RequestFacts) => explainLinks(context, requester, citizen, request),
    show: (requester: Requester, reference: string, request: RequestFacts) => showPossibleLink(context, requester, reference, request),
    claim: (requester: Requester, reference: string, request: RequestFacts) => claimPossibleLink(context, requester, reference, request),
    release: (requester: Requester, reference: string, request: RequestFacts) => releasePossibleLink(context, requester, reference, request),
    decide: (requester: Requester, reference: string, given: LinkOpinionGiven, request: RequestFacts) => decidePossibleLink(context, requester, reference, given, request),
    undo: (requester: Requester, reference: string, reason: string, request: RequestFacts) => undoPossibleLink(context, requester, reference, reason, request),
  };
}

/** Past links compared with the linkage rule of now, as the governance API offers it. */
export function linkageRunsOf(acts: LinkageRunActs) {
  return {
    start: (requester: Requester, request: RequestFacts) => startLinkageRun(acts, requester, request),
    show: (requester: Requester, request: RequestFacts) => showLinkageRun(acts, requester, request),
    changes: (requester: Requester, after: Parameters<typeof listLinkageChanges>[2], count: number, request: RequestFacts) => listLinkageChanges(acts, requester, after, count, request),
    approve: (requester: Requester, run: string, request: RequestFacts) => approveLinkageRun(acts, requester, run, request),
    giveUp: (requester: Requester, request: RequestFacts) => giveUpLinkageRun(acts, requester, request),
  };
}

/** How long things are kept, what must not be erased, and what a person is given who asks, as the governance API offers it. */
export function keepingOf(context: RetentionContext & SubjectAccessContext) {
  return {
    subjectAccess: (requester: Requester, citizen: string, request: RequestFacts) => openSubjectAccess(context, requester, citizen, request),
    retention: {
      due: (requester: Requester, request: RequestFacts) => tellDue(context, requester, request),
      erase: (requester: Requester, rule: string, version: string, request: RequestFacts) => eraseDue(context, requester, rule, version, request),
    },
    legalHolds: {
      list: (requester: Requester, asked: Parameters<typeof listHolds>[2], request: RequestFacts) => listHolds(context, requester, asked, request),
      place: (requester: Requester, ask: LegalHoldAsk, request: RequestFacts) => placeLegalHold(context, requester, ask, request),
      end: (requester: Requester, id: string, reason: string, request: RequestFacts) => endHold(context, requester, id, reason, request),
    },
  };
}

/** What those who watch over looks are asked for. */
export function answersOf(context: HoldBackContext & { classes: SharingClasses }) {
  return {
    nameOf: (organisation: string) => context.directory.get(organisation)?.name ?? organisation,
    accessReport: (requester: Requester, ask: AccessReportAsk, request: RequestFacts) => releaseAccessReport(context, requester, ask, request),
    replayLooks: (requester: Requester, ask: LookReplayAsk, request: RequestFacts) => replayLooks(context, requester, ask, request),
    reports: { names: reports, columns: columnsOf, open: (requester: Requester, ask: ReportAsk, request: RequestFacts) => openReport(context, requester, ask, request), check: (requester: Requester, ask: ReportAsk, request: RequestFacts) => checkReport(context, requester, ask, request) },
    holdBacks: {
      list: (requester: Requester, asked: Parameters<typeof listHoldBacks>[2], request: RequestFacts) => listHoldBacks(context, requester, asked, request),
      decide: (requester: Requester, ask: HoldBackAsk, request: RequestFacts) => decideHoldBack(context, requester, ask, request),
      end: (requester: Requester, id: string, reason: string, request: RequestFacts) => endHoldBack(context, requester, id, reason, request),
    },
  };
}

/** Cases of odd looks, and whom privacy officers keep an eye on. */
export function casesOf(context: CaseContext) {
  return {
    cases: {
      list: (requester: Requester, asked: Parameters<typeof listAccessCases>[2], request: RequestFacts) => listAccessCases(context, requester, asked, request),
      read: (requester: Requester, reference: string, request: RequestFacts) => readAccessCase(context, requester, reference, request),
      act: (requester: Requester, reference: string, ask: CaseActAsk, request: RequestFacts) => actOnCase(context, requester, reference, ask, request),
    },
    watched: {
      list: (requester: Requester, asked: Parameters<typeof listWatchedCitizens>[2], request: RequestFacts) => listWatchedCitizens(context, requester, asked, request),
      add: (requester: Requester, ask: WatchAsk, request: RequestFacts) => watchCitizen(context, requester, ask, request),
      end: (requester: Requester, id: string, request: RequestFacts) => endWatch(context, requester, id, request),
    },
  };
}
