import type { Requester } from './fhir/sharing.ts';
import { releaseExportFile, releaseExportStatus } from './flow/release-export.ts';
import type { RequestFacts } from './flow/release-context.ts';
import { deleteExport, startExport, type ExportContext } from './flow/start-export.ts';
import { createSubscription, endOwnSubscription, updateSubscription, type SubscriptionContext } from './flow/keep-subscription.ts';
import { releaseSubscriptionEvents, releaseSubscriptionStatus } from './flow/release-subscription.ts';
import { checkHookAddress, type PermittedHosts } from './edge/webhooks/hook-address.ts';
import { createPostHook } from './edge/webhooks/post-hook.ts';
import type { JsonObject } from './fhir/json.ts';
import type { ExportAsk } from './store/export-jobs.ts';

/** What organisations' systems ask for, each story with its parts. */

/** Records in bulk. */
export function exportsOf(context: ExportContext) {
  return {
    start: (requester: Requester, ask: ExportAsk, group: string | null, request: RequestFacts) => startExport(context, requester, ask, group, request),
    status: (requester: Requester, id: string, request: RequestFacts) => releaseExportStatus(context, requester, id, request),
    file: (requester: Requester, id: string, name: string, request: RequestFacts) => releaseExportFile(context, requester, id, name, request),
    delete: (requester: Requester, id: string, request: RequestFacts) => deleteExport(context, requester, id, request),
  };
}

/** Where notifications may go, and how they do. */
export function hooksOf(permitted: PermittedHosts) {
  return { check: (endpoint: string) => checkHookAddress(endpoint, permitted), post: createPostHook(permitted) };
}

/** What a system asks to be told of. */
export function subscriptionsOf(context: SubscriptionContext) {
  return {
    create: (requester: Requester, resource: JsonObject, request: RequestFacts) => createSubscription(context, requester, resource, request),
    update: (requester: Requester, id: string, ifMatch: number | undefined, resource: JsonObject, request: RequestFacts) => updateSubscription(context, requester, id, ifMatch, resource, request),
    end: (requester: Requester, id: string, request: RequestFacts) => endOwnSubscription(context, requester, id, request),
    status: (requester: Requester, of: Parameters<typeof releaseSubscriptionStatus>[2], base: string, request: RequestFacts) => releaseSubscriptionStatus(context, requester, of, base, request),
    events: (requester: Requester, of: Parameters<typeof releaseSubscriptionEvents>[2], base: string, request: RequestFacts) => releaseSubscriptionEvents(context, requester, of, base, request),
  };
}
