import { createHash } from 'node:crypto';
import { demoReferenceDate, quartersUpTo } from '../../src/demo/calendar.ts';
import { cldColumns } from '../../src/demo/cld-columns.ts';
import { csvHeader } from '../../src/demo/csv.ts';
import { rioParts, rioPartners } from '../../src/demo/demo-files.ts';
import { generatePeople } from '../../src/demo/generate-people.ts';
import type { Person } from '../../src/demo/person.ts';
import { rioColumns } from '../../src/demo/rio-columns.ts';
import { adtMessages } from '../../src/demo/write-adt.ts';
import { cldRows } from '../../src/demo/write-cld.ts';
import { rioRows } from '../../src/demo/write-rio.ts';

/** One request a partner's sender makes. */
export interface FeedPost {
  feed: string;
  part: string;
  content: string;
  sha256: string;
}

/** What one partner sends, in its order. Senders of snapshots send again before they go on; HL7 may arrive in any order. */
export interface Sender {
  feed: string;
  ordered: boolean;
  posts: FeedPost[];
}

const seed = 2018;
/** people per CSV extract and per HL7 batch */
const groupSize = 4;

/**
 * A population's files cut small: of each group of people the hospital's messages one by one, or as a batch, or (every
 * third group) both, so that the batch repeats what came singly; the RiO extracts part by part; the council's return
 * quarter by quarter.
 */
export function sendersFor(citizens: number): Sender[] {
  const people = [...generatePeople({ seed, citizens })];
  const groups = Array.from({ length: Math.ceil(people.length / groupSize) }, (_, n) => people.slice(n * groupSize, (n + 1) * groupSize));
  const sender = (feed: string, ordered: boolean, posts: FeedPost[]): Sender => ({ feed, ordered, posts: distinct(posts) });
  return [
    sender('uhb-adt', false, groups.flatMap(hospitalPosts)),
    ...rioPartners.map((partner) => sender(`${partner}-rio`, true, groups.flatMap((group) => rioParts.flatMap((part) =>
      csvPost(`${partner}-rio`, part, csvHeader(rioColumns[part]), group.flatMap((person) => rioRows(partner, part, person))))))),
    sender('bcc-cld', true, groups.flatMap((group) => quartersUpTo(demoReferenceDate, 4).flatMap((quarter) =>
      csvPost('bcc-cld', '', csvHeader(cldColumns), group.flatMap((person) => cldRows(person, quarter)))))),
  ];
}

function hospitalPosts(group: readonly Person[], n: number): FeedPost[] {
  const messages = group.flatMap((person) => adtMessages(seed, person).map(({ text }) => text));
  const batch = messages.length === 0 ? [] : [post('uhb-adt', '', messages.join(''))];
  const singly = messages.map((text) => post('uhb-adt', '', text));
  return n % 3 === 0 ? singly : n % 3 === 1 ? batch : [...singly, ...batch];
}

function csvPost(feed: string, part: string, header: string, rows: readonly string[]): FeedPost[] {
  return rows.length === 0 ? [] : [post(feed, part, header + rows.join(''))];
}

function post(feed: string, part: string, content: string): FeedPost {
  return { feed, part, content, sha256: createHash('sha256').update(content).digest('hex') };
}

/** The same bytes twice are one post: the gateway keeps them once. */
function distinct(posts: readonly FeedPost[]): FeedPost[] {
  return [...new Map(posts.map((each) => [`${each.part}/${each.sha256}`, each])).values()];
}
