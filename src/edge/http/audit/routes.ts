import { Router } from 'express';
import type { LogExport } from '../../../flow/audit/export-log.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { permitGovernance } from '../governance/permit-governance.ts';
import { readFields } from '../governance/read-fields.ts';
import { json } from '../governance/reply-json.ts';
import { route, type Reply, type RouteServices } from '../route.ts';
import { unserved } from '../unserved.ts';
import { readSizes } from './read-sizes.ts';

export interface AuditLogServices extends RouteServices {
  auditLog: {
    keys: () => string[];
    note: (size: number | null) => Promise<string>;
    checkpoint: (requester: Requester, request: RequestFacts) => Promise<string>;
    proveEntry: (requester: Requester, id: string, size: number | null, request: RequestFacts) => Promise<string>;
    proveGrowth: (from: number, to: number | null) => Promise<string>;
    export: (requester: Requester, size: number | null, request: RequestFacts) => Promise<LogExport>;
    redact: (requester: Requester, id: string, rule: string, request: RequestFacts) => Promise<{ seq: number }>;
  };
}

/** Checkpoints, sizes and hashes tell of nobody: every partner may hold the log to them. */
const everybody = (): null => null;
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'AuditEvent');
const overseers = permitGovernance(['governance'], 's', 'AuditEvent');
const keepers = permitGovernance(['governance'], 'u', 'AuditEvent');

/** Everything under /audit: what the log says of itself, and the proof of it. See docs/audit.md. */
export function auditRoutes(services: AuditLogServices): Router {
  const { auditLog } = services;
  const router = Router({ caseSensitive: true });
  router.get('/checkpoint', route(services, { interaction: 'audit-checkpoint', pattern: 'audit/checkpoint', permit: everybody },
    async ({ query }) => plain(200, await auditLog.note(readSizes(query, ['size']).size))));
  router.post('/checkpoint', route(services, { interaction: 'audit-checkpoint', pattern: 'audit/checkpoint', permit: readers }, async (asked) => {
    await readFields(asked, {});
    return plain(201, await auditLog.checkpoint(asked.requester, asked.request));
  }));
  router.get('/keys', route(services, { interaction: 'audit-checkpoint', pattern: 'audit/keys', permit: everybody }, ({ query }) => {
    readSizes(query, []);
    return Promise.resolve(plain(200, auditLog.keys().map((key) => `${key}\n`).join('')));
  }));
  router.get('/consistency', route(services, { interaction: 'audit-proof', pattern: 'audit/consistency', permit: everybody }, async ({ query }) => {
    const { from, to } = readSizes(query, ['from', 'to'], ['from']);
    return proof(await auditLog.proveGrowth(from ?? 0, to));
  }));
  router.get('/entries/:id/proof', route(services, { interaction: 'audit-proof', pattern: 'audit/entries/{id}/proof', permit: readers },
    async (asked) => proof(await auditLog.proveEntry(asked.requester, asked.params['id'] ?? '', readSizes(asked.query, ['size']).size, asked.request))));
  router.post('/entries/:id/redact', route(services, { interaction: 'audit-redact', pattern: 'audit/entries/{id}/redact', permit: keepers }, async (asked) => {
    const { rule } = await readFields(asked, redactFields);
    return json(200, await auditLog.redact(asked.requester, asked.params['id'] ?? '', rule, asked.request));
  }));
  router.get('/export', route(services, { interaction: 'audit-export', pattern: 'audit/export', permit: overseers },
    async (asked) => lines(await auditLog.export(asked.requester, readSizes(asked.query, ['size']).size, asked.request))));
  for (const [address, pattern, allow] of addresses) {
    router.all(address, route(services, { interaction: 'unsupported', pattern, permit: () => otherMethod(allow), allow }, () => Promise.reject(new Error('a method that is refused'))));
  }
  router.use(...unserved(services));
  return router;
}

const addresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/checkpoint', 'audit/checkpoint', 'GET, HEAD, POST'], ['/keys', 'audit/keys', 'GET, HEAD'], ['/consistency', 'audit/consistency', 'GET, HEAD'],
  ['/entries/:id/proof', 'audit/entries/{id}/proof', 'GET, HEAD'], ['/entries/:id/redact', 'audit/entries/{id}/redact', 'POST'], ['/export', 'audit/export', 'GET, HEAD'],
];

const redactFields = { rule: { pattern: /^[a-z][a-z0-9-]{2,63}$/, expected: 'the rule it is erased under, lower-case words with hyphens such as court-order' } };

function plain(status: number, text: string): Reply {
  return { status, text, headers: { 'Content-Type': 'text/plain; charset=utf-8' } };
}

function proof(text: string): Reply {
  return { status: 200, text, headers: { 'Content-Type': 'application/json; charset=utf-8' } };
}

/** Line by line as it is read, and no faster than it is taken. */
function lines({ size, parts }: LogExport): Reply {
  return {
    status: 200, headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Content-Disposition': `attachment; filename="audit-${size}.ndjson"` },
    stream: async (write, gone) => {
      for await (const part of parts) {
        if (gone.aborted) return;
        await write(part.join('\n'));
      }
    },
  };
}

function otherMethod(allow: string): Problem {
  return { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This address does not take this method.', expected: allow };
}
