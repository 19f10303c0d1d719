import type { Requester } from './fhir/sharing.ts';
import { releaseExportFile, releaseExportStatus, type DownloadContext } from './flow/partners/release-export.ts';
import type { ReleaseContext, RequestFacts } from './flow/release-context.ts';
import { listExports } from './flow/partners/list-exports.ts';
import { tellSubscribers } from './flow/partners/tell-subscribers.ts';
import type { Config } from './config.ts';
import type { Log } from './edge/log.ts';
import { openTokenStops } from './store/partners/token-stops.ts';
import { deleteExport, startExport, type ExportContext } from './flow/partners/start-export.ts';
import { createSubscription, endOwnSubscription, updateSubscription, type SubscriptionContext } from './flow/partners/keep-subscription.ts';
import { releaseSubscriptionEvents, releaseSubscriptionStatus } from './flow/partners/release-subscription.ts';
import { checkHookAddress } from './edge/webhooks/hook-address.ts';
import { createPostHook } from './edge/webhooks/post-hook.ts';
import type { JsonObject } from './fhir/json.ts';
import type { ExportAsk } from './store/partners/export-jobs.ts';

/** What organisations' systems ask for, each story with its parts, and the rounds that work it off. */
export function systemsOf(release: ReleaseContext & Pick<SubscriptionContext, 'validate'>, { baseUrl, hookHosts, issuer, demo }: Pick<Config, 'baseUrl' | 'hookHosts' | 'issuer' | 'demo'>, log: Log) {
  const registeredOnly = issuer.kind === 'external' && !demo; // the demo's clients are in no registry, and a sandbox has its client's word for it
  const exportLists = listExports(release, (error) => log('export-failed', { error }));
  const subscribers = tellSubscribers({ ...release, base: `${baseUrl}/fhir`, post: createPostHook(hookHosts), registeredOnly }, (error) => log('notification-failed', { error }));
  return {
    rounds: { exportLists, subscribers }, exports: exportsOf({ ...release, stops: openTokenStops(release.database), wake: exportLists.wake }),
    subscriptions: subscriptionsOf({ ...release, registeredOnly, checkHook: (endpoint: string) => checkHookAddress(endpoint, hookHosts), wakeTelling: subscribers.wake }),
  };
}

/** Records in bulk. */
function exportsOf(context: ExportContext & DownloadContext) {
  return {
    start: (requester: Requester, ask: ExportAsk, group: string | null, request: RequestFacts) => startExport(context, requester, ask, group, request),
    status: (requester: Requester, id: string, request: RequestFacts) => releaseExportStatus(context, requester, id, request),
    file: (requester: Requester, id: string, name: string, request: RequestFacts) => releaseExportFile(context, requester, id, name, request),
    delete: (requester: Requester, id: string, request: RequestFacts) => deleteExport(context, requester, id, request),
  };
}

/** What a system asks to be told of. */
function subscriptionsOf(context: SubscriptionContext) {
  return {
    create: (requester: Requester, resource: JsonObject, request: RequestFacts) => createSubscription(context, requester, resource, request),
    update: (requester: Requester, id: string, ifMatch: number | undefined, resource: JsonObject, request: RequestFacts) => updateSubscription(context, requester, id, ifMatch, resource, request),
    end: (requester: Requester, id: string, request: RequestFacts) => endOwnSubscription(context, requester, id, request),
    status: (requester: Requester, of: Parameters<typeof releaseSubscriptionStatus>[2], base: string, request: RequestFacts) => releaseSubscriptionStatus(context, requester, of, base, request),
    events: (requester: Requester, of: Parameters<typeof releaseSubscriptionEvents>[2], base: string, request: RequestFacts) => releaseSubscriptionEvents(context, requester, of, base, request),
  };
}
