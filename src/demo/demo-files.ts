import { demoReferenceDate, earlierFirst, quartersUpTo } from './calendar.ts';
import { cldColumns } from './cld-columns.ts';
import { csvHeader } from './csv.ts';
import { generatePeople, type PopulationOptions } from './generate-people.ts';
import { rioColumns, type RioPart } from './rio-columns.ts';
import { adtMessages } from './write-adt.ts';
import { cldRows } from './write-cld.ts';
import { refMessages } from './write-ref.ts';
import { rioRows, type RioPartner } from './write-rio.ts';

/** One file as a partner would post it to `/intake/{feed}[/{part}]`. */
export interface DemoFile {
  feed: string;
  /** '' for a feed of one table */
  part: string;
  name: string;
  content: string;
}

/** The council reports every quarter; the demo holds a year of it. */
const reportedQuarters = 4;
/** In the order the parts must be sent: people before their referrals, referrals before what follows from them. */
export const rioParts = Object.keys(rioColumns) as RioPart[];
export const rioPartners: readonly RioPartner[] = ['bchc', 'bsmhft'];

/**
 * The files of a small population, in the order they should be posted: the hospital's messages month by month as they
 * happened, then the referrals it sent, the RiO trusts' extracts part by part, the council's return quarter by quarter. Same options, same bytes.
 */
export function* demoFiles(options: PopulationOptions): Generator<DemoFile, void, undefined> {
  const people = [...generatePeople(options)];
  const today = options.referenceDate ?? demoReferenceDate;
  yield* monthByMonth('uhb-adt', people.flatMap((person) => adtMessages(options.seed, person)));
  yield* monthByMonth('uhb-ref', people.flatMap((person) => refMessages(options.seed, person)));
  for (const partner of rioPartners) {
    for (const part of rioParts) {
      const rows = people.flatMap((person) => rioRows(partner, part, person));
      yield { feed: `${partner}-rio`, part, name: `${partner}-rio-${part}-${today}.csv`, content: csvHeader(rioColumns[part]) + rows.join('') };
    }
  }
  for (const quarter of quartersUpTo(today, reportedQuarters)) {
    const rows = people.flatMap((person) => cldRows(person, quarter));
    yield { feed: 'bcc-cld', part: '', name: `bcc-cld-${quarter.end}.csv`, content: csvHeader(cldColumns) + rows.join('') };
  }
}

function* monthByMonth(feed: string, messages: { at: string; text: string }[]): Generator<DemoFile, void, undefined> {
  for (const [month, inMonth] of Map.groupBy(messages.sort(earlierFirst), ({ at }) => at.slice(0, 7))) {
    yield { feed, part: '', name: `${feed}-${month}.hl7`, content: inMonth.map(({ text }) => text).join('') };
  }
}
