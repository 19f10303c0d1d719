import type { Purpose, SharingRole } from '../fhir/sharing.ts';

/** In what capacity somebody acts, and for whom. */
export interface Post {
  /** `system|value` */
  organisation: string;
  organisationName: string;
  role: SharingRole;
  purpose: Purpose;
}

/** Someone a newcomer can look through the eyes of. Every name is invented. */
export interface Persona extends Post {
  /** the person's id at the issuer, and what `token <persona>` takes */
  id: string;
  name: string;
  /** what else they are: they choose at sign-in, and act in one at a time */
  also?: readonly Post[];
  /** a few words for the start page */
  description: string;
  /** answers for nothing here: no choice and no agreement is changed by them, whatever their role */
  readsOnly?: true;
}

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const example = 'https://fhir.bicp.example/Id/example-code';
const uhb = { organisation: `${ods}|RRK`, organisationName: 'University Hospitals Birmingham NHS Foundation Trust' };

export const personas: readonly Persona[] = [
  {
    id: 'ward-doctor', name: 'Dr Leila Haddad', ...uhb, role: 'doctor', purpose: 'TREAT',
    description: 'Doctor on a hospital ward and at its front door',
  },
  {
    id: 'community-nurse', name: 'Grace Mensah', organisation: `${ods}|RYW`, organisationName: 'Birmingham Community Healthcare NHS Foundation Trust',
    role: 'nurse', purpose: 'TREAT', description: 'Nurse of the early intervention community team',
  },
  {
    id: 'social-worker', name: 'Sukhdev Bains', organisation: 'https://fhir.bicp.example/Id/ons-code|E08000025',
    organisationName: 'Birmingham City Council', role: 'social-worker', purpose: 'TREAT', description: 'Social worker who arranges reablement and care packages',
  },
  {
    id: 'mental-health-nurse', name: 'Orla Devaney', organisation: `${ods}|RXT`, organisationName: 'Birmingham and Solihull Mental Health NHS Foundation Trust',
    role: 'nurse', purpose: 'TREAT', description: 'Nurse of an older adult mental health team',
  },
  { id: 'privacy-officer', name: 'Marcus Facey', ...uhb, role: 'privacy-officer', purpose: 'HOPERAT', description: 'Answers for who looked at what in the hospital' },
  {
    id: 'governance-lead', name: 'Teresa Wilk', organisation: `${ods}|QHL`, organisationName: 'NHS Birmingham and Solihull Integrated Care Board',
    role: 'governance', purpose: 'HOPERAT', description: 'Keeps the agreements and watches over every look',
  },
];

/** Somebody of each other sort of partner, to try what the agreements give them. They stand on the sign-in page and have no door of their own on the start page. */
export const partnerPeople: readonly Persona[] = [
  { id: 'gp', name: 'Dr Nirmal Bhogal', organisation: `${ods}|M85001`, organisationName: 'The Example Practice', role: 'doctor', purpose: 'TREAT', description: 'GP; sees the people registered with the practice. Works at the hospital’s front door as well, and says at sign-in for whom', also: [{ ...uhb, role: 'doctor', purpose: 'ETREAT' }] },
  {
    id: 'paramedic', name: 'Callum Reid', organisation: `${ods}|RYA`, organisationName: 'West Midlands Ambulance Service University NHS Foundation Trust',
    role: 'paramedic', purpose: 'ETREAT', description: 'Paramedic on an ambulance, called to an emergency',
  },
  { id: 'hospice-nurse', name: 'Bernadette Quigley', organisation: `${example}|hospice-birmingham`, organisationName: 'Birmingham Hospice', role: 'nurse', purpose: 'TREAT', description: 'Nurse of a hospice' },
  {
    id: 'care-home-nurse', name: 'Joy Adeyemi', organisation: `${example}|care-home-rowan-house`, organisationName: 'Rowan House Example Care Home',
    role: 'care-home-registered', purpose: 'TREAT', description: 'Registered nurse of a care home',
  },
  {
    id: 'care-home-carer', name: 'Piotr Zielinski', organisation: `${example}|care-home-rowan-house`, organisationName: 'Rowan House Example Care Home',
    role: 'care-home-unregistered', purpose: 'TREAT', description: 'Carer of the same care home, not registered',
  },
  {
    id: 'voluntary-worker', name: 'Farida Aziz', organisation: `${example}|nns-edgbaston`, organisationName: 'Neighbourhood Network Scheme Edgbaston',
    role: 'voluntary-worker', purpose: 'CAREMGT', description: 'Worker of a Neighbourhood Network Scheme; sees only who has consented',
  },
  {
    id: 'healthwatch-reader', name: 'Imani Clarke', organisation: `${example}|healthwatch-birmingham`, organisationName: 'Healthwatch Birmingham',
    role: 'governance', purpose: 'HOPERAT', readsOnly: true, description: 'Public champion; reads the agreements and is shown nobody’s information',
  },
];

const officer = (id: string, name: string, organisation: string, organisationName: string): Persona => ({
  id: `privacy-officer-${id}`, name, organisation, organisationName, role: 'privacy-officer', purpose: 'HOPERAT', description: `Signs agreements for ${organisationName}`,
});

/** Who signs for the partners that have nobody else to: a party is signed for by somebody of its own only. They have tokens, and stand on no page. */
export const signatories: readonly Persona[] = [
  officer('bchc', 'Anjali Rao', `${ods}|RYW`, 'Birmingham Community Healthcare NHS Foundation Trust'),
  officer('bsmhft', 'Peter Okafor', `${ods}|RXT`, 'Birmingham and Solihull Mental Health NHS Foundation Trust'),
  officer('bcc', 'Moira Kelly', 'https://fhir.bicp.example/Id/ons-code|E08000025', 'Birmingham City Council'),
  officer('bwc', 'Rachel Stone', `${ods}|RQ3`, "Birmingham Women's and Children's NHS Foundation Trust (Forward Thinking Birmingham)"),
  officer('smbc', 'Graham Tolley', 'https://fhir.bicp.example/Id/ons-code|E08000029', 'Solihull Metropolitan Borough Council'),
  officer('roh', 'Helen Osei', `${ods}|RRJ`, 'The Royal Orthopaedic Hospital NHS Foundation Trust'),
  officer('wmas', 'Dean Harcourt', `${ods}|RYA`, 'West Midlands Ambulance Service University NHS Foundation Trust'),
  officer('example-practice', 'Sunita Bhogal', `${ods}|M85001`, 'The Example Practice'),
  officer('canalside', 'Ruth Whitcombe', `${ods}|M85002`, 'Canalside Example Surgery'),
  officer('button-factory', 'Adeel Hussain', `${ods}|M85903`, 'Button Factory Medical Centre'),
  officer('cocoa-grove', 'Andrea Beckford', `${ods}|M85904`, 'Cocoa Grove Health Centre'),
  officer('whistle-hill', 'Orla Kinsella', `${ods}|M85905`, 'Whistle Hill Practice'),
  officer('seven-wells', 'Harpal Gill', `${ods}|M85906`, 'Seven Wells Surgery'),
  officer('birmingham-hospice', 'Tom Ferris', `${example}|hospice-birmingham`, 'Birmingham Hospice'),
  officer('st-giles', 'Lucy Pike', `${example}|hospice-st-giles`, 'St Giles Hospice'),
  officer('marie-curie', 'Ewan Brodie', `${example}|hospice-marie-curie`, 'Marie Curie Hospice West Midlands'),
  officer('rowan-house', 'Denise Marlow', `${example}|care-home-rowan-house`, 'Rowan House Example Care Home'),
  officer('elm-tree-court', 'Vikram Nair', `${example}|care-home-elm-tree-court`, 'Elm Tree Court Example Care Home'),
  officer('bvsc', 'Carol Whitlock', `${example}|bvsc`, 'Birmingham Voluntary Service Council'),
  officer('nns-edgbaston', 'Yusuf Malik', `${example}|nns-edgbaston`, 'Neighbourhood Network Scheme Edgbaston'),
  officer('nns-ladywood', 'Bev Tranter', `${example}|nns-ladywood`, 'Neighbourhood Network Scheme Ladywood'),
  officer('healthwatch', 'Ivor Penfold', `${example}|healthwatch-birmingham`, 'Healthwatch Birmingham'),
];
