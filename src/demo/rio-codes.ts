import type { RioStaff } from './rio-care.ts';

/** The two RiO trusts' own codes, as their extracts hold them, and invented staff. */

export const localities = ['N', 'E', 'S', 'W', 'C'] as const;

export const communityStaff = {
  nurse: { id: 'BC4101', name: 'Hanrahan, Niamh' },
  therapist: { id: 'BC4102', name: 'Blagrove, Andre' },
  caseManager: { id: 'BC4103', name: 'Sahota, Jaspal' },
  doctor: { id: 'BC4104', name: 'Nwosu, Kelechi' },
} as const satisfies { [post: string]: RioStaff };

export const mentalHealthStaff = {
  nurse: { id: 'BS5201', name: 'Lavelle, Ciara' },
  socialWorker: { id: 'BS5202', name: 'Qureshi, Hamza' },
  doctor: { id: 'BS5203', name: 'Wynter, Marlon' },
} as const satisfies { [post: string]: RioStaff };

/** Why a community team is asked, with the plan it then writes. */
export const communityNeeds = [
  {
    team: 'EICT', type: 'REHAB', urgency: '2D', reason: 'Help to regain confidence at home after a fall',
    problem: 'Unsteady on the stairs and afraid of falling', intervention: 'Daily visits for two weeks, walking practice, stair rail',
  },
  {
    team: 'EICT', type: 'INT', urgency: '2D', reason: 'Support at home after hospital',
    problem: 'Tires easily, needs help to wash and dress', intervention: 'Morning visit, energy-saving techniques, weekly review',
  },
  { team: 'DN', type: 'NURS', urgency: 'R', reason: 'Wound care at home', problem: 'Leg ulcer', intervention: 'Dressing twice a week' },
  {
    team: 'DN', type: 'NURS', urgency: 'U', reason: 'Insulin at home',
    problem: 'Cannot give own insulin', intervention: 'Daily visit, teach a relative',
  },
  {
    team: 'UCR', type: 'INT', urgency: '2H', reason: 'Sudden loss of mobility at home',
    problem: 'Cannot get out of the chair unaided', intervention: 'Assessment within two hours, equipment, hand over to the community team',
  },
] as const;

export const mentalHealthNeeds = [
  {
    team: 'MEM', urgency: '3', reason: 'Memory loss over the last year',
    problem: 'Forgets meals and medicines', intervention: 'Memory assessment, pill dispenser',
  },
  {
    team: 'OACMHT', urgency: '3', reason: 'Low mood since bereavement',
    problem: 'Low mood, little appetite', intervention: 'Fortnightly visits, talking therapy',
  },
  {
    team: 'OACMHT', urgency: '2', reason: 'Anxiety, not leaving the house',
    problem: 'Afraid to go out alone', intervention: 'Weekly visits, graded outings',
  },
  {
    team: 'LPOA', urgency: '2', reason: 'Confusion during a hospital stay',
    problem: 'Confused at night', intervention: 'Advice to the ward, follow-up call',
  },
] as const;

export const communityWards = ['MHH1', 'MHH2', 'EIB-N', 'EIB-S', 'EIB-W'] as const;
export const mentalHealthWards = ['OAW1', 'OAW2', 'RESCT'] as const;
