import type { Bundle } from '@medplum/fhirtypes';
import { startOfLondonDay } from '../../consent/start-of-london-day.ts';
import { isSmall, type Told } from '../../consent/suppress-small-numbers.ts';
import { londonDay } from '../../fhir/london-day.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { toldOnceMeasure } from '../../measures/told-once-measure.ts';
import { countConfirmations } from '../../store/story/confirmations.ts';
import { checkOversight } from '../check-oversight.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from '../audit/search-audit.ts';

/** How often people of one organisation said in one month that a fact is still right, which spared asking again. */
export interface ToldOnceLine {
  organisation: OrganisationKey;
  organisationName: string | null;
  /** `2026-11` */
  month: string;
  facts: Told;
  /** about how many people; null with `facts` where they are too few to tell */
  people: Told;
}

export interface ToldOnceReport {
  /** first day that is counted */
  since: string;
  /** counts about fewer people than this are not told */
  smallNumber: number;
  lines: ToldOnceLine[];
}

/**
 * Facts found still right ($confirm) by organisation and month, this one and the twelve before. Lines stand for themselves:
 * there is no total a count that is not told could be worked out from. For governance under an oversight agreement.
 */
export async function countToldOnce(context: ReleaseContext & { smallNumber: number }, requester: Requester, request: RequestFacts): Promise<ToldOnceReport> {
  const { database, directory, clock, smallNumber } = context;
  await checkOversight(context, requester, forAuditReaders);
  const since = aYearBefore(londonDay(clock()));
  const counted = await countConfirmations(database, startOfLondonDay(since));
  await appendAct(context, requester, request, { interaction: 'told-once-count', query: 'governance/told-once', status: 200 });
  return {
    since, smallNumber,
    lines: counted.map(({ organisation, month, facts, people }) => ({
      organisation, organisationName: directory.get(organisation)?.name ?? null, month, ...(isSmall(people, smallNumber) ? { facts: null, people: null } : { facts, people }),
    })),
  };
}

/** The same as the programme's measure, in FHIR. */
export function asMeasure({ lines }: ToldOnceReport): Bundle {
  return toldOnceMeasure(lines);
}

/** The first day of the month twelve months before that of a day. */
function aYearBefore(day: string): string {
  return `${Number(day.slice(0, 4)) - 1}-${day.slice(5, 7)}-01`;
}
