import { addDays, daysBetween, type Day } from './calendar.ts';
import type { CouncilEvent, CouncilRecord } from './council-record.ts';
import type { Journey } from './journey.ts';
import type { Random } from './random.ts';

type Service = NonNullable<CouncilEvent['service']>;

export const reablement: Service = {
  type: 'Short Term Support: ST-Max', component: 'Reablement', delivery: 'CASSR Commissioned Support',
  provider: { name: 'Example Reablement Service', location: '1-1000000001' }, unitCost: '21.50', costFrequency: 'Hourly', unitsPerWeek: '10.5',
};

export const homeSupport: Service = {
  type: 'Long Term Support: Community', component: 'Home Support', delivery: 'CASSR Managed Personal Budget',
  provider: { name: 'Example Homecare Ltd', location: '1-1000000002' }, unitCost: '22.40', costFrequency: 'Hourly', unitsPerWeek: '14',
};

const packages: readonly Service[] = [
  homeSupport,
  { ...homeSupport, provider: { name: 'Sample Care at Home', location: '1-1000000003' }, unitCost: '21.85', unitsPerWeek: '7' },
  {
    ...homeSupport, component: 'Day Support',
    provider: { name: 'Lock Keepers Day Centre', location: '1-1000000004' }, unitCost: '58.00', costFrequency: 'Per session', unitsPerWeek: '2',
  },
  {
    ...homeSupport, type: 'Long Term Support: Residential Care', component: 'Long Term Residential Care', delivery: 'CASSR Commissioned Support',
    provider: { name: 'Teasel House Example Home', location: '1-1000000005' }, unitCost: '812.00', costFrequency: 'Weekly', unitsPerWeek: '1',
  },
  {
    ...homeSupport, component: 'Direct Payment', delivery: 'Direct Payment', provider: { name: '', location: '' },
    unitCost: '160.25', costFrequency: 'Weekly', unitsPerWeek: '1',
  },
];

const supportReasons = [
  'Physical Support: Personal care support', 'Physical Support: Personal care support', 'Physical Support: Access & mobility only',
  'Support with Memory & Cognition', 'Mental Health Support', 'Social Support: Support for Social Isolation/Other',
];
const homes = [
  'Owner occupier or shared ownership scheme', 'Tenant: Local authority or other social housing provider', 'Tenant: Private landlord',
  'Settled mainstream housing with family or friends', 'Sheltered housing, extra care housing or other sheltered housing',
];

const requestOutcomes = {
  advice: 'NFA: Information and advice or signposting',
  reablement: 'Progress to reablement/ST-Max',
  package: 'Progress to assessment, review or reassessment',
} as const;

/** The council's side of a journey: asked for help, assessed, and for most a service, in a few an old one reviewed. */
export function drawCouncil(random: Random, index: number, journey: Journey, fromHospital: boolean): CouncilRecord {
  const reference = referenceFor(index);
  const asked = addDays(journey.home, fromHospital ? random.between(journey.sameDay ? 0 : -1, 2) : random.between(0, 20));
  const decided = addDays(asked, random.between(1, 4));
  const assessed = addDays(decided, random.between(2, 12));
  const path = random.pickWeighted([{ weight: 40, name: 'reablement' }, { weight: 35, name: 'package' }, { weight: 25, name: 'advice' }] as const);
  const events: CouncilEvent[] = [
    {
      reference: reference('RQ', 1), type: 'Request', start: asked, end: decided, description: 'Asked for help at home',
      route: fromHospital ? (journey.sameDay ? 'Diversion from Hospital Services' : 'Discharge from Hospital') : 'Community / Other route',
      outcome: requestOutcomes[path.name],
    },
  ];
  if (path.name !== 'advice') {
    events.push(assessment(reference('AS', 1), decided, assessed, path.name), service(random, reference('SV', 1), assessed, path.name));
  }
  const review = path.name === 'package' && random.chance(0.4) ? [reviewOf(reference('RV', 1), addDays(assessed, 42))] : [];
  return {
    role: 'service-user', caresFor: [], supportReason: random.pick(supportReasons), accommodation: random.pick(homes),
    events: [...events, ...review].filter((event) => happened(event, journey.today)),
  };
}

/** References are unique in the council's system: kind, person, number. */
export function referenceFor(index: number): (kind: 'RQ' | 'AS' | 'SV' | 'RV', n: number) => string {
  return (kind, n) => `${kind}-${String(index).padStart(6, '0')}-${n}`;
}

function assessment(reference: string, start: Day, end: Day, path: 'reablement' | 'package'): CouncilEvent {
  return {
    reference, type: 'Assessment', start, end, description: path === 'reablement' ? 'Reablement assessment' : 'Care and support needs assessment',
    assessmentType: path === 'reablement' ? 'Short term assessment' : 'Long term assessment',
    outcome: path === 'reablement' ? 'Progress to reablement/ST-Max' : 'Progress to support planning or services',
  };
}

/** Reablement lasts up to six weeks; a package goes on, and a few have ended. */
function service(random: Random, reference: string, start: Day, path: 'reablement' | 'package'): CouncilEvent {
  const end = path === 'reablement' ? addDays(start, random.between(21, 42)) : random.chance(0.2) ? addDays(start, random.between(30, 200)) : undefined;
  return {
    reference, type: 'Service', start, ...(end !== undefined && { end }), description: path === 'reablement' ? 'Reablement at home' : 'Care package',
    outcome: path === 'reablement' ? 'NFA: Support ended as planned' : 'NFA: Support ended for other reason',
    service: path === 'reablement' ? { ...reablement, unitsPerWeek: random.pick(['7', '10.5', '14']) } : random.pick(packages),
  };
}

function reviewOf(reference: string, day: Day): CouncilEvent {
  return {
    reference, type: 'Review', start: day, end: day, description: 'First review of the package',
    outcome: 'Continuation of support or services', reviewReason: 'Planned',
  };
}

/** Requests, assessments and reviews exist once completed; a service once begun. */
function happened(event: CouncilEvent, today: Day): boolean {
  return daysBetween(event.type === 'Service' ? event.start : event.end ?? event.start, today) >= 0;
}
