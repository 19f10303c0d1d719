import { demoReferenceDate, quarterOf, quartersUpTo } from './calendar.ts';
import { cldColumns } from './cld-columns.ts';
import { csvHeader } from './csv.ts';
import { rioPartners } from './demo-files.ts';
import { generatePeople, type PopulationOptions } from './generate-people.ts';
import type { Person } from './person.ts';
import { rioColumns, type RioPart } from './rio-columns.ts';
import { adtMessages } from './write-adt.ts';
import { cldRows } from './write-cld.ts';
import { refMessages } from './write-ref.ts';
import { rioRows } from './write-rio.ts';

/** Chunks are about this long, so that a consumer is not woken for every line. */
const chunkLength = 64 * 1024;

/**
 * One feed's file about a population of any size, in chunks that end between records, person by person: the memory
 * needed does not grow with the population. The council's return covers the whole year at once.
 * Refused with a RangeError: a feed or part the generator does not know.
 */
export function* streamFeed(feed: string, part: string, options: PopulationOptions): Generator<string, void, undefined> {
  const { header, write } = feedWriter(feed, part, options);
  let chunk = header;
  for (const person of generatePeople(options)) {
    for (const record of write(person)) chunk += record;
    if (chunk.length >= chunkLength) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk) yield chunk;
}

function feedWriter(feed: string, part: string, options: PopulationOptions): { header: string; write: (person: Person) => string[] } {
  if (feed === 'uhb-adt' && part === '') {
    return { header: '', write: (person) => adtMessages(options.seed, person).map((message) => message.text) };
  }
  if (feed === 'uhb-ref' && part === '') {
    return { header: '', write: (person) => refMessages(options.seed, person).map((message) => message.text) };
  }
  if (feed === 'bcc-cld' && part === '') {
    const today = options.referenceDate ?? demoReferenceDate;
    const year = { start: quartersUpTo(today, 4)[0]?.start ?? today, end: quarterOf(today).end };
    return { header: csvHeader(cldColumns), write: (person) => cldRows(person, year) };
  }
  const partner = rioPartners.find((key) => feed === `${key}-rio`);
  if (partner && isRioPart(part)) return { header: csvHeader(rioColumns[part]), write: (person) => rioRows(partner, part, person) };
  throw new RangeError(`No such feed to generate: ${feed}${part && `/${part}`}`);
}

function isRioPart(part: string): part is RioPart {
  return Object.hasOwn(rioColumns, part);
}
