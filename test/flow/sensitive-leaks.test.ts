import type { Bundle, Consent } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { partnerPeople, personas } from '../../src/demo/personas.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';
import { testNumber } from './intake-outcome.ts';
import { citizenOf, objectionOf, wholeRecord } from './whole-record.ts';

const number = testNumber(7);
const unknownId = '01234567-89ab-8cde-8f01-23456789abcd';
const person = { 3: `${number}^^^NHS~H77^^^RRK`, 5: 'EXAMPLE^ROWAN^^^MX^^L', 7: '19610704' };

/** One visit everybody may know of, and one to a clinic that tells by its name, with the reason, the ward and the consultant. */
const messages = [
  message({ id: 'L1', pid: person, pv1: { 10: '430', 19: 'V1^^^RRK', 44: '20240301081000' }, more: ['PV2|||W19^Fall at home'] }),
  message({
    id: 'L2', at: '20240401081000', pid: person,
    pv1: { 3: 'GUMCLINIC^ROOM2^^RRK15', 7: 'C9999^Sexton^Paula^^^Dr^^^GMC', 10: '360', 19: 'V2^^^RRK', 44: '20240401081000' }, more: ['PV2|||Z21^Known HIV follow-up'],
  }),
];
const client = `Client_ID,NHS_Number,NNN_Status,Date_of_Birth,Date_of_Death,Death_Flag,Deleted_Flag,Gender_Code,SensitiveFlag,Title,Given_Name_1,Given_Name_2,Family_Name,Preferred_Name,Address_Line_1,Address_Line_2,Address_Line_3,Address_Town,Post_Code,Main_Phone,Mobile_Phone,Email,GP_Practice_Code,GP_Practice_Name,Ethnicity_Code,Language_Code,Interpreter_Required,Marital_Status_Code,Main_Carer_Name,Main_Carer_Relationship,Main_Carer_Phone,Last_Updated
MH77,${number},01,1961-07-04,,N,N,F,N,,Rowan,,Example,,,,,,,,,,,,,,,,,,,
`;
const cpa = `Client_ID,CPA_ID,CPALevel,Team_Code,Start_Date,End_Date,End_Reason_Code,NextReviewDate,Care_Coordinator_User_ID,Care_Coordinator_User_Name,Care_Coordinator_User_Phone,Care_Coordinator_User_Role,Deleted_Flag
MH77,MC77,CPA,OACMHT-S,2024-03-14 10:00:00,,,,ST801,Joy Example,0121 496 0310,CPN,
`;
const stay = `Client_ID,Admission_ID,Referral_Number,AdmissionDate,AdmissionMethod,AdmissionSource,Ward_Code,Consultant_Code,Consultant_Name,IntendedDischargeDate,DischargeReadyDate,DischargeAwaitedReason,DischargeDate,DischargeMethod,DischargeDestination,LegalStatus,Deleted_Flag
MH77,MI77,,2024-01-10 15:20:00,25,19,RESCT,BS5203,"Wynter, Marlon",,,,,,,S2,
`;

const ofClinic = /gum.?clinic|genitourinary|"360"|\bHIV\b|Z21|follow-up|sexton|"STD"|sexually/i;
const ofLaw = /reservoir|RESCT|wynter|legal-restriction|restricted by law/i;
const ofMentalHealth = new RegExp(`${ofLaw.source}|community mental health|OACMHT|joy example|0121 496 0310`, 'i');
const secrets = new RegExp(`${ofClinic.source}|${ofMentalHealth.source}`, 'i');
/** Everybody of the demo with the words they may not see: those who wrote them may, and the hospital sees the mental health team of somebody on its wards. */
const everybody = [...personas, ...partnerPeople].map(({ id, organisation }): [string, RegExp] => [id, organisation.endsWith('|RRK') ? ofLaw : organisation.endsWith('|RXT') ? ofClinic : secrets]);

describe.each(databases)('what a sensitive code hides, on $kind', ({ open }) => {
  let gateway: Gateway;
  let hidden: string;
  let citizen: string;
  beforeAll(async () => {
    gateway = await startGateway(await open());
    for (const one of messages) expect((await gateway.send('uhb-adt', '', one)).ok).toBe(true);
    for (const [part, content] of [['client', client], ['cpa', cpa], ['inpatient', stay]] as const) expect((await gateway.send('bsmhft-rio', part, content)).ok).toBe(true);
    citizen = await citizenOf(gateway, 'social-worker', number);
    const [row] = await gateway.database.query<{ id: string }>("select v.id from citizen_version v where v.body like '%Known HIV%'");
    hidden = row?.id ?? '';
  });
  afterAll(() => gateway.close());

  /** Status, headers and body: everything that reaches the reader, without page tokens, whose random letters spell words. */
  async function told(path: string, who: string, headers: Record<string, string> = {}): Promise<string> {
    const response = await gateway.get(path, who, headers);
    const text = JSON.stringify([response.status, [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)), await response.text()]);
    return text.replaceAll(/_page=[\w-]+/g, '_page=');
  }
  const totalOf = async (query: string, who: string): Promise<number> => ((await (await gateway.get(`/fhir/${query}`, who)).json()) as Bundle).total ?? -1;
  const readers = ['social-worker', 'community-nurse'];

  it('is there, and its custodian sees it with its label: nothing below is true because nothing is stored', async () => {
    const own = await told(`/fhir/Encounter/${hidden}`, 'ward-doctor');
    for (const word of ['GUMCLINIC', 'HIV', 'Sexton', 'STD']) expect(own).toContain(word);
    const mental = JSON.stringify(await wholeRecord(gateway, 'mental-health-nurse', await citizenOf(gateway, 'mental-health-nurse', number)));
    for (const word of ['Reservoir Court', 'Joy Example', 'legal-restriction']) expect(mental).toContain(word);
    expect(await totalOf(`Encounter?patient=Patient/${citizen}`, 'social-worker')).toBe(1);
  });

  it.each(readers)('does not stay in the text beside a code: reason, ward name, specialty, practitioner and team, in the whole record of %s', async (who) => {
    const record = await wholeRecord(gateway, who, citizen);
    expect(record.map(({ resourceType }) => resourceType)).toContain('Encounter');
    expect(JSON.stringify(record)).not.toMatch(secrets);
  });

  it.each(everybody)('is in nothing that is composed of the record, however %s asks for it', async (who, words) => {
    const ways = ['$everything?_count=200', '$story', '$timeline?_count=200', '$summary', '$presence'].map((operation) => `Patient/${citizen}/${operation}`);
    for (const way of [...ways, `Patient/${citizen}`, `DocumentReference/$docref?patient=${citizen}`, `DocumentReference/$docref?patient=${citizen}&on-demand=true`]) {
      const response = await gateway.get(`/fhir/${way}`, who);
      const text = (await response.text()).replaceAll(/"(?:hash|versionId)":"[^"]*"|_page=[\w-]+|[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
      expect([way, response.status < 500, words.exec(text)?.[0]]).toEqual([way, true, undefined]);
    }
  });

  it('does not stay in a narrative: none is stored with any row', async () => {
    const rows = await gateway.database.query<{ body: string }>('select body from citizen_version');
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.filter(({ body }) => 'text' in (JSON.parse(body) as object))).toEqual([]);
  });

  it.each(readers)('is answered to %s like what never was, on every way to it', async (who) => {
    for (const way of ['', '/_history', '/_history/1', '/_history/2']) {
      expect(await told(`/fhir/Encounter/${hidden}${way}`, who)).toBe(await told(`/fhir/Encounter/${unknownId}${way}`, who));
    }
    expect(await told(`/fhir/Encounter/${hidden}`, who, { 'If-None-Match': 'W/"1"' })).toBe(await told(`/fhir/Encounter/${unknownId}`, who, { 'If-None-Match': 'W/"1"' }));
  });

  it.each(readers)('is counted in no search of %s: an aggregate of one would be one too many', async (who) => {
    const visit = (value: string): string => encodeURIComponent(`https://fhir.bicp.example/Id/uhb/visit|${value}`);
    expect(await totalOf(`Encounter?identifier=${visit('V1')}`, who)).toBe(1);
    for (const query of [`identifier=${visit('V2')}`, `_id=${hidden}`, `patient=Patient/${citizen}&date=2024-04`, `date=sa2024-03-15`, `_id=${hidden}&_count=0`, `_id=${hidden}&_sort=-date`]) {
      expect([query, await totalOf(`Encounter?${query}`, who)]).toEqual([query, 0]);
    }
    for (const type of ['CareTeam', 'EpisodeOfCare', 'CarePlan']) expect([type, await totalOf(`${type}?patient=Patient/${citizen}`, who)]).toEqual([type, 0]);
  });

  it.each(readers)('is in no notice to %s, which says the same whatever is kept back', async (who) => {
    const bundle = await (await gateway.get(`/fhir/Encounter?patient=Patient/${citizen}`, who)).text();
    expect(bundle).toContain('Some information is not shown.');
    expect(bundle).not.toMatch(secrets);
  });

  it.each(readers)('is in no error message to %s', async (who) => {
    for (const path of [`Encounter/${hidden}/_history/99`, `Encounter/${hidden}/_history/x`, `Encounter?patient=Patient/${hidden}`, `CarePlan/${hidden}`, `Patient/${hidden}/$everything`, `Encounter?_id=${hidden}&_sort=nothing`]) {
      expect(await told(`/fhir/${path}`, who)).not.toMatch(secrets);
    }
  });

  it('is not in the audit trail, neither of looks that were kept from it nor of those that saw it', async () => {
    for (const who of ['governance-lead', 'privacy-officer', 'privacy-officer-bchc']) {
      const log = await told('/fhir/AuditEvent?_count=100', who);
      expect(log).toContain('AuditEvent');
      expect(log.replaceAll(hidden, '')).not.toMatch(secrets);
    }
  });

  it('is explained by its label and never by what it says, and only to who answers for it', async () => {
    const explained = await told(`/fhir/Encounter/${hidden}/$explain-access`, 'privacy-officer');
    for (const label of ['STD', 'HIV']) expect(explained).toContain(label);
    expect(explained).not.toMatch(/gum.?clinic|genitourinary|Z21|follow-up|sexton/i);
    expect(await told(`/fhir/Encounter/${hidden}/$explain-access`, 'privacy-officer-bchc')).toBe(await told(`/fhir/Encounter/${unknownId}/$explain-access`, 'privacy-officer-bchc'));
  });

  it('is not told to the sender again: the Task of its file holds places, no values', async () => {
    const tasks = await gateway.database.query<{ body: string }>("select v.body from shared_row r join shared_version v on v.id = r.id and v.version = r.version where r.scope = 'job'");
    expect(tasks.length).toBeGreaterThan(4);
    expect(JSON.stringify(tasks)).not.toMatch(secrets);
  });

  it('stays hidden in a Consent that names it, in every version, also after it is said without', async () => {
    const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
    const about = (system: string, code: string): Partial<Consent> => ({ provision: { provision: [{ type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'EpisodeOfCare' }], code: [coded(system, code)] }] } });
    const { provision: _all, ...agreed } = { ...objectionOf(citizen), policyRule: coded('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'IMPLIED') };
    const send = async (method: 'POST' | 'PUT', path: string, consent: object): Promise<Response> => fetch(`${gateway.url}/fhir/${path}`, {
      method, body: JSON.stringify(consent), headers: { Authorization: `Bearer ${await gateway.token('bsmhft-integration')}`, 'Content-Type': 'application/fhir+json' },
    });
    const filed = await send('POST', 'Consent', { ...agreed, ...about('http://snomed.info/sct', '1') });
    const id = /Consent\/([^/]+)\/_history/.exec(filed.headers.get('Location') ?? '')?.[1] ?? '';
    const seen = (): Promise<number[]> => Promise.all(['', '/_history', '/_history/1', '/_history/2'].map(async (way) => (await gateway.get(`/fhir/Consent/${id}${way}`, 'privacy-officer')).status));
    expect(await seen()).toEqual([200, 200, 200, 404]);
    for (const next of [about('http://hl7.org/fhir/sid/icd-10', 'Z21'), { status: 'inactive' }]) {
      expect((await send('PUT', `Consent/${id}`, { ...agreed, id, ...next })).status).toBe(200);
      expect(await seen()).toEqual([404, 404, 404, 404]);
    }
    const versions = (await (await gateway.get(`/fhir/Consent/${id}/_history`, 'mental-health-nurse')).json()) as Bundle;
    expect(versions.entry?.map(({ resource }) => resource?.meta?.security?.map(({ code }) => code))).toEqual([['HIV'], ['HIV'], ['HIV']]);
  });
});
