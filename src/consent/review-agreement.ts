import type { Problem } from '../fhir/problem.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { AgreementContent } from './agreement-schema.ts';
import { checkAgreementContradictions } from './check-agreement-contradictions.ts';
import type { PositionOf } from './parse-yaml.ts';
import { agreementFrom, readContent } from './read-agreement.ts';
import type { Agreement } from './types.ts';

/**
 * Reads a text that is about to enter the register, more strictly than one that is in it: what was registered must stay
 * readable, or one old agreement would close every record. `known` are the organisations of mappings/partners.yaml, null
 * where they are not at hand: who is in no list there cannot be a party, because a slip in a code would share with a stranger.
 */
export function reviewAgreement(text: string, known: ReadonlySet<OrganisationKey> | null): { agreement: Agreement } | { problems: Problem[] } {
  const read = readContent(text);
  if ('problems' in read) return read;
  const problems = [...checkAgreementContradictions(read.content, read.positionOf), ...(known ? unknownOrganisations(read.content, read.positionOf, known) : [])];
  return problems.length > 0 ? { problems } : { agreement: agreementFrom(read.content) };
}

function unknownOrganisations({ parties }: AgreementContent, positionOf: PositionOf, known: ReadonlySet<OrganisationKey>): Problem[] {
  return parties.flatMap(({ id, identifier }, index): Problem[] => (known.has(`${identifier.system}|${identifier.value}`) ? [] : [{
    category: 'invalid', code: 'agreement-organisation-unknown', at: positionOf(['parties', index, 'identifier']),
    text: `The party "${id}" has an identifier that no partner and no directory entry has.`, expected: 'the identifier of a partner or a directory entry of mappings/partners.yaml',
    fix: 'Correct the identifier, or add the organisation to mappings/partners.yaml first.',
  }]));
}
