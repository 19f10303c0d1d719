import { problemsOf } from '../../fhir/outcome.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { acknowledge, acknowledgementCode, type AcknowledgementCode } from '../../intake/hl7v2/acknowledge.ts';
import { readRow } from '../../intake/read-row.ts';
import { splitSource } from '../../intake/split-source.ts';
import type { Feed, Kind, Part } from '../../intake/types.ts';
import type { FeedMappings } from './feed-mappings.ts';

/** An HL7 v2 feed with what reads its messages. */
export interface MessageFeed {
  feed: Feed;
  kind: Kind;
  part: Part;
}

export interface AnsweredMessage {
  acknowledgement: Buffer;
  code: AcknowledgementCode;
  problems: readonly Problem[];
  /** anything thrown that nobody foresaw */
  error?: unknown;
}

/**
 * THE STORY of a message by MLLP: look at it → keep it, durable and audited → acknowledge. AA is said only once the bytes are
 * safe. A message that is wrong in itself is kept all the same, so that it lies in quarantine with the reason its sender is
 * told; one that cannot be told apart from another is not.
 */
export async function receiveMessage(
  { feed, kind, part }: MessageFeed, bytes: Uint8Array, accept: (received: { feed: string; part: string; bytes: Uint8Array }) => Promise<unknown>, facts: { id: string; at: Date },
): Promise<AnsweredMessage> {
  const wrong = judgeMessage({ feed, kind, part }, bytes);
  const answer = (problems: readonly Problem[], more: { error?: unknown } = {}): AnsweredMessage =>
    ({ acknowledgement: acknowledge(bytes, problems, facts), code: acknowledgementCode(problems), problems, ...more });
  if (wrong.some(({ code }) => code === twoMessages.code || code === 'source-empty')) return answer(wrong);
  try {
    await accept({ feed: feed.key, part: part.name, bytes });
    return answer(wrong);
  } catch (error) {
    return answer(problemsOf(error), { error });
  }
}

/** The answer to a frame that never became a message: nothing of it is kept. */
export function refuseFrame(reason: 'frame-cut' | 'frame-too-large', beginning: Uint8Array, facts: { id: string; at: Date }): AnsweredMessage {
  const problem = reason === 'frame-cut' ? frameCut : frameTooLarge;
  return { acknowledgement: acknowledge(beginning, [problem], facts), code: 'AR', problems: [problem] };
}

/** Who sends without a token: the feed's own client, known by its certificate or by the folder it may write to. */
export function feedRequester({ key, partner }: Feed, credential: string): Requester {
  return { client: key, token: credential, organisation: partner.organisation, organisationName: partner.name, role: 'integration', purpose: 'HSYSADMIN', scopes: ['system/Task.rs', 'intake'] };
}

/** The HL7 v2 feed of this key, as it works now; undefined when there is none. */
export function messageFeed(feeds: Pick<FeedMappings, 'feeds' | 'kindOf'>, key: string): MessageFeed | undefined {
  const feed = feeds.feeds.find((each) => each.key === key);
  const kind = feeds.kindOf(key);
  const part = kind?.format === 'hl7v2' ? kind.parts[0] : undefined;
  return feed && kind && part && { feed, kind, part };
}

/** What the queue will find wrong with this message by itself; waiting for a merge is nothing wrong. */
function judgeMessage({ feed, kind, part }: MessageFeed, bytes: Uint8Array): Problem[] {
  const { rows: [row, second], problems } = splitSource(kind, feed, part.name, bytes);
  if (!row) return problems;
  if (second) return [twoMessages];
  const read = readRow(kind, feed, part, row);
  return 'problems' in read ? read.problems.filter(({ severity = 'error' }) => severity === 'error') : [];
}

const twoMessages: Problem = {
  category: 'malformed', code: 'frame-two-messages', text: 'The frame holds more than one message, so one acknowledgement cannot answer it.', expected: 'one message in a frame', fix: 'Send each message in a frame of its own.',
};
const frameCut: Problem = {
  category: 'malformed', code: 'frame-cut', text: 'A new frame began before this one ended: the message is incomplete.', expected: 'VT, message, FS, CR', fix: 'Send the whole message again.',
};
const frameTooLarge: Problem = {
  category: 'too-large', code: 'frame-too-large', text: 'The frame is larger than one message of this feed may be.', fix: 'Check that every message ends with FS and CR.',
};
