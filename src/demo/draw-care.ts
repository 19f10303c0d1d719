import type { Day } from './calendar.ts';
import { drawCommunity } from './draw-community.ts';
import { drawCouncil } from './draw-council.ts';
import { drawHospital } from './draw-hospital.ts';
import { drawMentalHealth } from './draw-mental-health.ts';
import { drawJourney } from './journey.ts';
import { localId } from './local-id.ts';
import type { DemoPartner, Person } from './person.ts';
import { randomFor } from './random.ts';
import { noRioCare } from './rio-care.ts';

export type Care = Pick<Person, 'known' | 'hospital' | 'community' | 'mentalHealth' | 'council'>;

/** What happened to the nth person, as the given partners know it; to the others the person is a stranger. */
export function drawCare(seed: number, index: number, partners: readonly DemoPartner[], today: Day): Care {
  const random = randomFor(seed, 'care', index);
  const journey = drawJourney(random, today);
  const knows = new Set(partners);
  const fromHospital = knows.has('uhb');
  return {
    known: Object.fromEntries(partners.map((partner) => [partner, localId(partner, index)])),
    hospital: fromHospital ? drawHospital(random, index, journey) : [],
    community: knows.has('bchc') ? drawCommunity(random, index, journey, fromHospital) : noRioCare,
    mentalHealth: knows.has('bsmhft') ? drawMentalHealth(random, index, journey) : noRioCare,
    council: knows.has('bcc') ? drawCouncil(random, index, journey, fromHospital) : { role: 'service-user', caresFor: [], events: [] },
  };
}
