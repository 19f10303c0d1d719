import type { Bundle } from '@medplum/fhirtypes';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Asked, Reply } from '../route.ts';
import { takeBundle, type BundleServices } from './take-bundle.ts';

export interface MessageServices extends BundleServices {
  clock: () => Date;
  newId: () => string;
}

/** The standard's own limit: a sender gives up after this long, and sends the same message again. */
const longestWaitMs = 5_000;

/**
 * POST [base]/$process-message · http://hl7.org/fhir/R4/messageheader-operation-process-message.html, answered as the
 * Booking and Referral Standard says: 200 with a response message, 409 for a message already processed (which its sender
 * takes for success), 408 when it takes longer than five seconds. A request for somebody unknown is taken like any other.
 */
export async function processMessage(services: MessageServices, asked: Asked): Promise<Reply> {
  const missing = headerProblems(asked);
  if (missing.length > 0) throw new Refusal(...missing);
  const { known, outcome } = await takeBundle(services, asked, longestWaitMs);
  if (!outcome) throw new Refusal(stillWorking);
  if (outcome.kind === 'refused') throw new Refusal(...outcome.problems);
  if (known || outcome.repeated) throw new Refusal(alreadyProcessed);
  return { status: 200, text: JSON.stringify(responseMessage(outcome.message, services)) };
}

/** MessageHeader.response names the Bundle that was answered; nothing of its content is said again. */
function responseMessage({ id, event }: { id: string; event: { system: string; code: string } }, { clock, newId }: MessageServices): Bundle {
  const at = clock().toISOString();
  return {
    resourceType: 'Bundle', id: newId(), meta: { lastUpdated: at }, type: 'message', timestamp: at,
    entry: [{
      fullUrl: `urn:uuid:${newId()}`,
      resource: {
        resourceType: 'MessageHeader', eventCoding: { system: event.system, code: event.code.replace(/-request$/, '-response') },
        source: { endpoint: 'urn:onestory:gateway' }, response: { identifier: id, code: 'ok' },
      },
    }],
  };
}

const required = ['X-Request-ID', 'X-Correlation-ID', 'NHSD-Target-Identifier'] as const;

function headerProblems(asked: Asked): Problem[] {
  const missing = required.filter((name) => (asked.header(name) ?? '').trim() === '').map((name): Problem => ({ ...headerMissing, at: { field: name } }));
  const target = asked.header('NHSD-Target-Identifier');
  if (target !== undefined && target.trim() !== '' && !namesTarget(target)) missing.push(targetUnreadable);
  const version = /version=(\d+)\./.exec(asked.header('Accept') ?? '')?.[1];
  return version === undefined || version === '1' ? missing : [...missing, versionUnsupported];
}

function namesTarget(header: string): boolean {
  try {
    const { system, value } = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { system?: unknown; value?: unknown };
    return typeof system === 'string' && typeof value === 'string';
  } catch {
    return false;
  }
}

const stillWorking: Problem = { category: 'timeout', code: 'message-still-working', text: 'The message is safe but not worked off yet.', fix: 'Send the same message again: it is not taken twice.' };
const alreadyProcessed: Problem = { category: 'duplicate', code: 'message-already-processed', text: 'The message was processed before.', fix: 'Nothing needs to be done.' };
const headerMissing: Problem = { category: 'invalid', code: 'message-http-header-missing', text: 'A header the standard requires is missing.', expected: required.join(', ') };
const targetUnreadable: Problem = { category: 'invalid', code: 'message-target-unreadable', text: 'The target identifier cannot be read.', at: { field: 'NHSD-Target-Identifier' }, expected: 'base64 of JSON with system and value' };
const versionUnsupported: Problem = { category: 'unprocessable', code: 'message-version', text: 'The gateway does not speak this version of the standard.', at: { field: 'Accept' }, expected: 'version=1.x' };
