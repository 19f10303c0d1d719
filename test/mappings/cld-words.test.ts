import { looseKey } from '../../src/mapping/code-tables.ts';
import { tableFromCsv } from '../../src/mapping/table-from-csv.ts';
import { loadedMappings } from './run-example.ts';

/** The national words of Client Level Data, release 1 (2023-24) and release 2, as councils send them. */
const words: { [table: string]: string[] } = {
  'client-type': [
    'Service User', 'Carer', 'Carer known by association', 'Service user', 'Unpaid carer', 'Unpaid carer known by association',
  ],
  'route-of-access': [
    'Planned Entry (Transition)', 'Discharge from Hospital', 'Diversion from Hospital Services', 'Community / Other route', 'Prison', 'Self-Funder',
    'Discharge from Reablement', 'Transfer from Other LA', 'Self-funder with depleted funds', 'Community/Other route',
  ],
  'event-outcome': [
    'Progress to Reablement/ST-Max', 'Progress to Assessment', 'Admitted to hospital', 'Progress to Re-assessment / Unplanned Review',
    'Progress to Support Planning / Services', 'Progress to End of Life Care', 'No change in package', 'Service ended as planned', 'NFA - Moved to another LA',
    'NFA - 100% NHS funded care', 'NFA - Self-funded client (Inc. 12wk disregard)', 'NFA - Support declined', 'NFA - Information & Advice / Signposting only',
    'NFA - Deceased', 'NFA - No services offered: Other reason', 'NFA - Support ended: Other reason', 'NFA- Other', 'Progress to financial assessment',
    'Provision of service', 'Admitted to hospital', 'Continuation of support or services', 'NFA: Deceased', 'NFA: Information and advice or signposting',
    'NFA: No services offered for other reason', 'NFA: Other', 'NFA: Referral to NHS services or NHS funded social care',
    'NFA: Referral to other service within the local authority', 'NFA: Responsibility moved to another local authority',
    'NFA: Self-funded client or under 12wk disregard', 'NFA: Support declined', 'NFA: Support ended as planned', 'NFA: Support ended for other reason',
    'Progress to assessment, review or reassessment', 'Progress to reablement/ST-Max', 'Progress to support planning or services',
  ],
  'service-type': [
    'Short Term Support: ST-Max', 'Short Term Support: Ongoing Low Level', 'Short Term Support: Other Short Term', 'Long Term Support: Nursing Care',
    'Long Term Support: Residential Care', 'Long Term Support: Community', 'Long Term Support: Prison', 'Carer Support: Direct to Carer',
    'Carer Support: Support involving the person cared-for', 'Short term support: ST-Max', 'Short term support: Other short term',
  ],
  'service-component': [
    'Reablement', 'Short Term Nursing Care', 'Short Term Residential Care', 'Long Term Nursing Care', 'Long Term Residential Care', 'Home Support', 'Day Support',
    'Meals', 'Transport', 'Equipment', 'Direct Payment', 'Shared Lives', 'Community Supported Living', 'Professional Support', 'End of Life Care', 'Emergency Support',
    'Other Short Term Support', 'Other Long Term Support', 'Carer Respite', 'Other Carer Support', 'Home support or domiciliary care', 'Extra care housing',
  ],
  'delivery-mechanism': [
    'Direct Payment', 'CASSR Managed Personal Budget', 'CASSR Commissioned Support',
  ],
  'primary-support-reason': [
    'Physical Support: Access & mobility only', 'Physical Support: Personal care support', 'Sensory Support: Support for visual impairment',
    'Sensory Support: Support for hearing impairment', 'Sensory Support: Support for dual impairment', 'Support with Memory & Cognition', 'Learning Disability Support',
    'Mental Health Support', 'Social Support: Substance misuse support', 'Social Support: Asylum seeker support', 'Social Support: Support for Social Isolation/Other',
    'Social Support: Support to Carer', 'Unknown',
  ],
  'accommodation-status': [
    'Owner occupier or shared ownership scheme', 'Tenant: Local authority or other social housing provider', 'Tenant: Private landlord',
    'Settled mainstream housing with family or friends', 'Supported accommodation, supported lodgings or supported group home', 'Shared Lives scheme',
    'Approved premises for offenders released from prison or under probation supervision', 'Sheltered housing, extra care housing or other sheltered housing',
    'Mobile accommodation for Gypsy, Roma and Traveller communities', 'Rough sleeper or squatting', 'Night shelter, emergency hostel or direct access hostel', 'Refuge',
    'Placed in temporary accommodation by the council (inc. homelessness resettlement)', 'Staying with family or friends as a short term guest',
    'Acute hospital or long term healthcare residential facility', 'Registered care home', 'Registered nursing home',
    'Prison, young offenders institution or detention centre', 'Other temporary accommodation',
  ],
  'assessment-type': [
    'Short term assessment', 'Long term assessment',
  ],
  'review-reason': [
    'Planned', 'Unplanned - Hospital (Planned and unplanned episodes)', 'Unplanned - Carer related', 'Unplanned - Safeguarding concern', 'Unplanned - Other Reason',
    'Unplanned - Provider Failure', 'Unplanned - Change in Commissioning arrangements',
  ],
};

const { tables } = loadedMappings().files('cld', 'bcc');

describe.each(Object.entries(words))('%s', (name, known) => {
  const file = tables.find((table) => table.name === `${name}.loose`);
  const read = file && tableFromCsv(file.name, file.text, file.file);
  const rows = read && 'table' in read ? read.table.rows : new Map<string, { code: string }>();

  it.each(known)('has a row for "%s", also in capitals, with other dashes and spaces at its ends', (word) => {
    const code = rows.get(looseKey(word))?.code;
    expect(code).toMatch(/^[a-z0-9-]+$/);
    expect(rows.get(looseKey(` ${word.toUpperCase().replaceAll('-', '\u2013')}  `))?.code).toBe(code);
  });
});

it('the two releases mean the same by the same thing', () => {
  const outcome = tables.find(({ name }) => name === 'event-outcome.loose');
  const read = outcome && tableFromCsv(outcome.name, outcome.text, outcome.file);
  const codeOf = (word: string): string | undefined => (read && 'table' in read ? read.table.rows.get(looseKey(word))?.code : undefined);
  const pairs = [['NFA - Deceased', 'NFA: Deceased'], ['NFA- Other', 'NFA: Other'], ['NFA - Support declined', 'NFA: Support declined'], ['Progress to Reablement/ST-Max', 'Progress to reablement/ST-Max']];
  for (const [first = '', second = ''] of pairs) expect([first, codeOf(first)]).toEqual([first, codeOf(second)]);
  expect(codeOf('NFA - Nobody agreed this')).toBeUndefined();
});
