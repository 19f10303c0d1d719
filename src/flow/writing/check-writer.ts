import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Partner } from '../../intake/types.ts';
import { within } from './within-entry.ts';
import type { WriteAsk, WriteContext } from './write-context.ts';

/**
 * May this requester write these types at all? By role and organisation alone, and never by data: who is not in the table
 * (mappings/writing/rule.json) writes nothing. Returns the partner whose records they become.
 */
export function checkWriter({ writing, partners }: Pick<WriteContext, 'writing' | 'partners'>, { role, organisation }: Requester, asks: readonly WriteAsk[]): Partner {
  const problems = asks.flatMap(({ type, pointer }) => {
    const rule = Object.hasOwn(writing.types, type) ? writing.types[type] : undefined;
    return rule?.writers.includes(role) ? [] : [within(pointer, rule ? { ...roleWritesNot, expected: `one of the roles ${rule.writers.join(', ')}` } : typeNotWritten)];
  });
  const partner = partners.find((each) => each.organisation === organisation);
  if (!partner) problems.push(noPartner);
  if (!partner || problems.length > 0) throw new Refusal(...problems);
  return partner;
}

const roleWritesNot: Problem = { category: 'forbidden', code: 'write-role', text: 'This role does not write records of this type.', fix: 'Have it written by somebody in such a role, or by your organisation\'s own system.' };
const typeNotWritten: Problem = { category: 'forbidden', code: 'write-type', text: 'Records of this type are not written through the FHIR API.', fix: 'See the capability statement for what is; feeds take more.' };
const noPartner: Problem = { category: 'forbidden', code: 'write-partner', text: 'Your organisation is not a partner that keeps records here.', fix: 'Ask those who run the gateway to register it as a partner.' };
