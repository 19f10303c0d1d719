/** Someone a newcomer can look through the eyes of. Every name is invented. */
export interface Persona {
  /** the person's id at the issuer, and what `token <persona>` takes */
  id: string;
  name: string;
  /** `system|value` */
  organisation: string;
  organisationName: string;
  role: 'doctor' | 'nurse' | 'social-worker' | 'privacy-officer' | 'governance';
  purpose: 'TREAT' | 'HOPERAT';
  /** a few words for the start page */
  description: string;
}

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
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

const officer = (id: string, name: string, organisation: string, organisationName: string): Persona => ({
  id: `privacy-officer-${id}`, name, organisation, organisationName, role: 'privacy-officer', purpose: 'HOPERAT', description: `Signs agreements for ${organisationName}`,
});

/** Who signs for the partners that have nobody else to: a party is signed for by somebody of its own only. They have tokens, and no door on the start page. */
export const signatories: readonly Persona[] = [
  officer('bchc', 'Anjali Rao', `${ods}|RYW`, 'Birmingham Community Healthcare NHS Foundation Trust'),
  officer('bsmhft', 'Peter Okafor', `${ods}|RXT`, 'Birmingham and Solihull Mental Health NHS Foundation Trust'),
  officer('bcc', 'Moira Kelly', 'https://fhir.bicp.example/Id/ons-code|E08000025', 'Birmingham City Council'),
];
