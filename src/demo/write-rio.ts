import type { LocalTime } from './calendar.ts';
import { csvRow } from './csv.ts';
import type { Person } from './person.ts';
import type { RioCare, RioCarePlan, RioCpa, RioReferral, RioStay } from './rio-care.ts';
import { rioColumns, type RioPart } from './rio-columns.ts';

/** The two partners that run RiO. */
export type RioPartner = 'bchc' | 'bsmhft';

/** One RiO trust's lines about one person in one of its extracts; none when the trust does not know the person. */
export function rioRows(partner: RioPartner, part: RioPart, person: Person): string[] {
  const clientId = person.known[partner];
  if (clientId === undefined) return [];
  const care = partner === 'bchc' ? person.community : person.mentalHealth;
  switch (part) {
    case 'client': return [clientRow(clientId, partner, person, care)];
    case 'referral': return care.referrals.map((referral) => referralRow(clientId, person, referral));
    case 'care-plan': return care.carePlans.map((plan) => carePlanRow(clientId, plan));
    case 'cpa': return care.cpa.map((cpa) => cpaRow(clientId, cpa));
    case 'inpatient': return care.inpatient.map((stay) => inpatientRow(clientId, stay));
  }
}

function clientRow(clientId: string, partner: RioPartner, person: Person, care: RioCare): string {
  // A trust last saw someone who moved before the move: its extract still has the address they left.
  const address = (partner === 'bchc' ? person.former?.address : undefined) ?? person.address;
  return csvRow(rioColumns.client, {
    Client_ID: clientId,
    NHS_Number: person.nhsNumber,
    NNN_Status: person.nhsNumber === undefined ? '04' : person.traced ? '01' : '02',
    Date_of_Birth: person.birthDate,
    Date_of_Death: person.death,
    Death_Flag: flag(person.death !== undefined),
    Deleted_Flag: flag(false),
    Gender_Code: person.sex === 'female' ? 'F' : 'M',
    SensitiveFlag: flag(person.locationHidden),
    Title: person.name.title,
    Given_Name_1: person.name.given,
    Family_Name: person.name.family,
    Preferred_Name: person.name.preferred,
    Address_Line_1: titleCase(address.line),
    Address_Line_2: titleCase(address.area),
    Address_Town: 'Birmingham',
    Post_Code: address.postcode,
    Main_Phone: person.phone,
    Mobile_Phone: person.mobile,
    GP_Practice_Code: person.practice.code,
    GP_Practice_Name: titleCase(person.practice.name),
    Ethnicity_Code: person.ethnicity.code,
    Language_Code: person.language,
    Interpreter_Required: flag(person.language !== 'EN'),
    Marital_Status_Code: person.marital,
    ...(person.kin && {
      Main_Carer_Name: `${person.kin.given} ${person.kin.family}`,
      Main_Carer_Relationship: relationshipWord(person.kin),
      Main_Carer_Phone: person.kin.phone,
    }),
    Last_Updated: rioTime(lastTouched(care)),
  });
}

function referralRow(clientId: string, person: Person, referral: RioReferral): string {
  const byPractice = referral.source === 'GP' || referral.source === 'A1';
  return csvRow(rioColumns.referral, {
    Client_ID: clientId,
    Referral_Number: referral.number,
    Referral_Date: rioTime(referral.made),
    Referral_Received_Date: rioTime(referral.received),
    Referral_Accepted_Date: rioTime(referral.accepted),
    Referral_Source: referral.source,
    Referring_Organisation_Code: referral.referrer,
    ReferringGPPracticeCode: byPractice ? person.practice.code : undefined,
    ReferralReason: referral.reason,
    Urgency: referral.urgency,
    TeamReferredTo: referral.team,
    DischargeDateTime: rioTime(referral.discharged?.at),
    DischargeReason: referral.discharged?.reason,
    RemovalDateTime: rioTime(referral.removed?.at),
    RemovalCode: referral.removed?.code,
    Deleted_Flag: flag(false),
  });
}

function carePlanRow(clientId: string, plan: RioCarePlan): string {
  return csvRow(rioColumns['care-plan'], {
    Client_ID: clientId,
    Care_Plan_ID: plan.id,
    Referral_Number: plan.referral,
    Team_Code: plan.team,
    CarePlanType: plan.type,
    StartDate: rioTime(plan.start),
    EndDate: rioTime(plan.ended?.at),
    EndReason: plan.ended?.reason,
    ReviewDate: plan.review,
    ProblemText: plan.problem,
    InterventionText: plan.intervention,
    Author_ID: plan.author.id,
    Author_Name: plan.author.name,
    Deleted_Flag: flag(false),
  });
}

function cpaRow(clientId: string, cpa: RioCpa): string {
  return csvRow(rioColumns.cpa, {
    Client_ID: clientId,
    CPA_ID: cpa.id,
    CPALevel: cpa.level,
    Team_Code: cpa.team,
    Start_Date: rioTime(cpa.start),
    End_Date: rioTime(cpa.ended?.at),
    End_Reason_Code: cpa.ended?.reason,
    NextReviewDate: cpa.nextReview,
    Care_Coordinator_User_ID: cpa.coordinator.id,
    Care_Coordinator_User_Name: cpa.coordinator.name,
    Care_Coordinator_User_Phone: cpa.coordinator.phone,
    Care_Coordinator_User_Role: cpa.coordinator.role,
    Deleted_Flag: flag(false),
  });
}

function inpatientRow(clientId: string, stay: RioStay): string {
  return csvRow(rioColumns.inpatient, {
    Client_ID: clientId,
    Admission_ID: stay.id,
    Referral_Number: stay.referral,
    AdmissionDate: rioTime(stay.admitted),
    AdmissionMethod: stay.method,
    AdmissionSource: stay.source,
    Ward_Code: stay.ward,
    Consultant_Code: stay.consultant.id,
    Consultant_Name: stay.consultant.name,
    IntendedDischargeDate: stay.intended,
    DischargeReadyDate: rioTime(stay.ready),
    DischargeAwaitedReason: stay.awaiting,
    DischargeDate: rioTime(stay.discharged?.at),
    DischargeMethod: stay.discharged?.method,
    DischargeDestination: stay.discharged?.destination,
    LegalStatus: stay.legalStatus,
    Deleted_Flag: flag(false),
  });
}

/** HL7 table 0063 in RiO's words; other relations go without. */
const relationshipWords: { readonly [code: string]: string } = { '1': 'Spouse', '2': 'Partner', '14': 'Sister', '15': 'Brother' };

function relationshipWord(kin: NonNullable<Person['kin']>): string | undefined {
  const child = kin.title === 'Mr' ? 'Son' : 'Daughter';
  return kin.relationship === '9' ? child : relationshipWords[kin.relationship];
}

/** The last time the trust wrote anything about the person. */
function lastTouched(care: RioCare): LocalTime | undefined {
  const times = [
    ...care.referrals.flatMap((r) => [r.received, r.accepted, r.discharged?.at, r.removed?.at]),
    ...care.carePlans.flatMap((p) => [p.start, p.ended?.at]),
    ...care.inpatient.flatMap((s) => [s.admitted, s.discharged?.at]),
  ];
  return times.filter((time) => time !== undefined).sort().at(-1);
}

/** RiO's extract writes London local times as `2026-06-09 14:05:00`. */
function rioTime(time: LocalTime | undefined): string | undefined {
  return time === undefined ? undefined : `${time.replace('T', ' ')}:00`;
}

function flag(set: boolean): string {
  return set ? 'Y' : 'N';
}

function titleCase(text: string): string {
  return text.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
