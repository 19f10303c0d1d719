import type { Day } from './calendar.ts';
import { cldColumns } from './cld-columns.ts';
import type { CouncilEvent } from './council-record.ts';
import { csvRow } from './csv.ts';
import type { Person } from './person.ts';

export interface ReportingPeriod {
  start: Day;
  end: Day;
}

/** The local authority code Birmingham puts in its return. */
const laCode = '406';

/**
 * The council's lines about one person for one reporting period: every event that touches the period, as it stood at
 * its end. Requests, assessments and reviews are reported once completed; a service that goes on has no end date.
 */
export function cldRows(person: Person, period: ReportingPeriod): string[] {
  if (person.known.bcc === undefined) return [];
  return person.council.events
    .filter((event) => reportedIn(event, period))
    .map((event) => csvRow(cldColumns, { ...personCells(person, period), ...eventCells(event, period) }));
}

function reportedIn(event: CouncilEvent, period: ReportingPeriod): boolean {
  if (event.type !== 'Service') return event.end !== undefined && event.end >= period.start && event.end <= period.end;
  return event.start <= period.end && (event.end === undefined || event.end >= period.start);
}

function personCells(person: Person, period: ReportingPeriod) {
  const { council } = person;
  const carer = council.role === 'carer';
  const died = person.death !== undefined && person.death <= period.end;
  return {
    'LA Code': laCode,
    'Reporting Period Start Date': period.start,
    'Reporting Period End Date': period.end,
    'NHS Number': person.nhsNumber,
    'LA Person Unique Identifier': person.known.bcc,
    'First Name': person.name.given,
    'Last Name': person.name.family,
    'GP Practice Name': person.practice.name,
    'GP Practice Code': person.practice.code,
    Gender: person.sex === 'female' ? 'Female' : 'Male',
    Ethnicity: person.ethnicity.text,
    'Date of Birth': person.birthDate,
    'Date of Death': died ? person.death : undefined,
    'Client Type': carer ? 'Unpaid carer' : 'Service user',
    'Primary Support Reason': carer ? 'Social Support: Support to Carer' : council.supportReason,
    Postcode: person.address.postcode,
    'Accommodation Status': council.accommodation,
    'Has Unpaid Carer': carer ? undefined : person.kin ? 'Yes' : 'No',
    'Total Hrs Caring per week': council.hoursPerWeek,
    'No. of adults being cared for': carer ? String(council.caresFor.length) : undefined,
    'Adult 1 Linked Person_ID': council.caresFor[0],
    'Adult 2 Linked Person_ID': council.caresFor[1],
    'Adult 3 Linked Person_ID': council.caresFor[2],
  };
}

function eventCells(event: CouncilEvent, period: ReportingPeriod) {
  const ended = event.end !== undefined && event.end <= period.end;
  return {
    'Event Type': event.type,
    'Event Reference': event.reference,
    'Event Start Date': event.start,
    'Event End Date': ended ? event.end : undefined,
    'Event Description': event.description,
    'Event Outcome': ended ? event.outcome : undefined,
    'Request: Route of Access': event.route,
    'Assessment Type': event.assessmentType,
    'Service Type': event.service?.type,
    'Service Component': event.service?.component,
    'Delivery Mechanism': event.service?.delivery,
    'Provider CQC Location Name': event.service?.provider.name,
    'Provider CQC Location ID': event.service?.provider.location,
    'Review Reason': event.reviewReason,
    'Unit Cost': event.service?.unitCost,
    'Cost Frequency (Unit Type)': event.service?.costFrequency,
    'Planned units per week': event.service?.unitsPerWeek,
  };
}
