import type { Requester } from '../../fhir/sharing.ts';
import { postableParts } from '../../intake/addresses.ts';
import { saysComplete } from '../../intake/package/open-cover.ts';
import type { PackageFile } from '../../intake/package/read-zip.ts';
import { writeZip } from '../../intake/package/write-zip.ts';
import type { Feed, Kind } from '../../intake/types.ts';
import { nextRegistered } from '../../store/sharing/registered-people.ts';
import { isUuid } from '../../store/secrets.ts';
import { acceptBytes } from './accept-bytes.ts';
import { bundleOutcome } from './bundle-outcome.ts';
import { describeIntake } from './describe-intake.ts';
import type { FeedMappings } from './feed-mappings.ts';
import { findPart, type IntakeContext } from './intake-context.ts';
import { describePersonPull, pullPositions, pullRequester, pullTarget } from './pull-source.ts';
import { readJobTask } from '../read-job-task.ts';
import { feedRequester, messageFeed, receiveMessage, refuseFrame } from './receive-message.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendOrRefuse } from '../release-records.ts';
import { cancelUpload, continueUpload, readUpload, startUpload } from './upload-file.ts';

export interface WaysInContext extends IntakeContext, Pick<ReleaseContext, 'policy' | 'audit' | 'custodianOf'> {
  feeds: FeedMappings;
  /** largest body of this installation, bytes */
  mostBytes: number;
  /** bytes were kept: there is work */
  wake: () => void;
}

/** Every way bytes come in by: at once, in pieces, as a message, from a folder, fetched. All are kept and audited the same way. */
export function waysIn(context: WaysInContext) {
  const { database, newId, clock, feeds, mostBytes, wake } = context;
  const accept: Accept = async (requester, received, request) => {
    const accepted = await acceptBytes(context, { ...received, client: requester.client });
    await appendOrRefuse(context, describeIntake(requester, received, accepted.taskId, request, newId(), clock()));
    wake();
    return accepted;
  };
  const uploading = { database, newId, accept };
  /** The client of the feed's name, of the organisation whose feed it is: whichever issuer gave it the name. */
  const ownsFeed = ({ client, organisation }: Requester, feed: string): boolean => client === feed && feeds.feeds.some(({ key, partner }) => key === feed && partner.organisation === organisation);
  const limitOf = (kind: Kind | undefined): number => Math.min(kind?.limits.maxBytes ?? 0, mostBytes);
  return {
    acceptBytes: accept,
    /** bytes; null: there is no such part */
    intakeLimit: (feed: string, part: string): number | null => {
      const kind = feeds.kindOf(feed);
      return kind && postableParts(kind).includes(part) ? limitOf(kind) : null;
    },
    ownsFeed,
    /** whether what they send as a Bundle of this type is a record of their feed */
    takesBundles: (requester: Requester, type: string) => ownsFeed(requester, requester.client) && (findPart(context, requester.client, '')?.part.bundle?.bundles.includes(type) ?? false),
    bundleOutcome: (requester: Requester, taskId: string) => bundleOutcome(context, requester.client, taskId),
    uploads: {
      start: (requester: Requester, file: Parameters<typeof startUpload>[2]) => startUpload(uploading, requester, file),
      read: (requester: Requester, asked: { feed: string; id: string }, request: RequestFacts) => readUpload(uploading, requester, asked, request),
      continue: (requester: Requester, piece: Parameters<typeof continueUpload>[2], request: RequestFacts) => continueUpload(uploading, requester, piece, request),
      cancel: (requester: Requester, asked: { feed: string; id: string }) => cancelUpload(uploading, requester, asked),
    },
    takesMessages: (feed: string) => messageFeed(feeds, feed) !== undefined,
    receiveMessage: (feedKey: string, { bytes, credential, address }: { bytes: Uint8Array; credential: string; address: string }) => {
      const feed = messageFeed(feeds, feedKey);
      if (!feed) throw new Error('a feed that takes no messages');
      return receiveMessage(feed, bytes, (received) => accept(feedRequester(feed.feed, credential), received, { id: newId(), address }), { id: newId(), at: clock() });
    },
    refuseFrame: (reason: Parameters<typeof refuseFrame>[0], beginning: Uint8Array) => refuseFrame(reason, beginning, { id: newId(), at: clock() }),
    pullTargets: feeds.feeds.flatMap((feed) => pullTarget(feed, feeds.kindOf(feed.key), limitOf(feeds.kindOf(feed.key))) ?? []),
    pulling: {
      ...pullPositions(context),
      take: async (feedKey: string, bytes: Uint8Array): Promise<void> => {
        await accept(pullRequester(feedNamed(feeds, feedKey)), { feed: feedKey, part: '', bytes }, { id: newId() });
      },
      nextPeople: (feedKey: string, after: string | null, most: number) => nextRegistered(database, { organisation: feedNamed(feeds, feedKey).partner.organisation, after: after !== null && isUuid(after) ? after : null, most, now: clock() }),
      announcePerson: (feedKey: string, citizen: string) => appendOrRefuse(context, describePersonPull(feedNamed(feeds, feedKey), citizen, { id: newId(), at: clock(), request: newId() })),
    },
    dropped: droppedFiles(context, accept),
  };
}

type Accept = (requester: Requester, received: { feed: string; part: string; bytes: Uint8Array }, request: RequestFacts) => Promise<{ taskId: string; known: boolean }>;

/** What the folders that files are dropped into need. */
function droppedFiles(context: WaysInContext, accept: Accept) {
  const { feeds, newId } = context;
  const requesterOf = (feedKey: string): Requester => feedRequester(feedNamed(feeds, feedKey), 'file-drop');
  return {
    feeds: feeds.feeds.map(({ key }) => key),
    partsOf: (feedKey: string): string[] => {
      const kind = feeds.kindOf(feedKey);
      return kind ? postableParts(kind) : [];
    },
    /** whether a file of this name says that a folder of the feed's tables is whole */
    saysComplete: (feed: string, name: string): boolean => saysComplete(feeds.kindOf(feed) ?? {}, name),
    packed: (files: readonly PackageFile[]) => writeZip(files),
    take: (feed: string, part: string, bytes: Uint8Array) => accept(requesterOf(feed), { feed, part, bytes }, { id: newId() }),
    readTask: (feed: string, taskId: string) => readJobTask(context, requesterOf(feed), taskId),
  };
}

function feedNamed({ feeds }: FeedMappings, key: string): Feed {
  const feed = feeds.find((each) => each.key === key);
  if (!feed) throw new Error('a feed that is not in the registry');
  return feed;
}
