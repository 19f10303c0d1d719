import type { Problem } from '../fhir/problem.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { AgreementContent } from './agreement-schema.ts';
import { checkAgreementContradictions } from './check-agreement-contradictions.ts';
import type { PositionOf } from './parse-yaml.ts';
import { agreementFrom, readContent } from './read-agreement.ts';
import type { Agreement } from './types.ts';

/**
 * Reads a text that is about to enter the register, more strictly than one that is in it: what was registered must stay
 * readable, or one old agreement would close every record. `known` are the organisations of mappings/partners.yaml;
 * naming another is a warning, because who only reads needs no feed and no entry there.
 */
export function reviewAgreement(text: string, known: ReadonlySet<OrganisationKey>): { agreement: Agreement; warnings: Problem[] } | { problems: Problem[] } {
  const read = readContent(text);
  if ('problems' in read) return read;
  const problems = checkAgreementContradictions(read.content, read.positionOf);
  if (problems.length > 0) return { problems };
  return { agreement: agreementFrom(read.content), warnings: unknownOrganisations(read.content, read.positionOf, known) };
}

function unknownOrganisations({ parties }: AgreementContent, positionOf: PositionOf, known: ReadonlySet<OrganisationKey>): Problem[] {
  return parties.flatMap(({ id, identifier }, index): Problem[] => (known.has(`${identifier.system}|${identifier.value}`) ? [] : [{
    category: 'invalid', severity: 'warning', code: 'agreement-organisation-unknown', at: positionOf(['parties', index, 'identifier']),
    text: `The party "${id}" has an identifier that no partner and no directory entry has.`, expected: 'an organisation of mappings/partners.yaml',
    fix: 'Check the identifier, or add the organisation to mappings/partners.yaml before the agreement is put in force.',
  }]));
}
