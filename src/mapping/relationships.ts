/** How a source code relates to a target code, in each of the ways it is written. */
export interface Relationship {
  /** in the text of a map */
  symbol: string;
  /** ConceptMap.equivalence of R4 */
  equivalence: string;
  /** ConceptMap.relationship of R5 where it has one */
  relationship?: string;
  /** may the target stand for the source? */
  usable: boolean;
}

/** Sources: http://hl7.org/fhir/R4/valueset-concept-map-equivalence.html, http://hl7.org/fhir/R5/valueset-concept-map-relationship.html. */
export const relationships: readonly Relationship[] = [
  { symbol: '-', equivalence: 'relatedto', relationship: 'related-to', usable: true },
  { symbol: '==', equivalence: 'equivalent', relationship: 'equivalent', usable: true },
  { symbol: '!=', equivalence: 'disjoint', relationship: 'not-related-to', usable: false },
  { symbol: '<=', equivalence: 'wider', relationship: 'source-is-narrower-than-target', usable: true },
  { symbol: '>=', equivalence: 'narrower', relationship: 'source-is-broader-than-target', usable: false },
  { symbol: '=', equivalence: 'equal', usable: true },
  { symbol: '<-', equivalence: 'subsumes', usable: false },
  { symbol: '>-', equivalence: 'specializes', usable: false },
  { symbol: '~', equivalence: 'inexact', usable: false },
  { symbol: '--', equivalence: 'unmatched', usable: false },
];

/** By the code R4 or R5 gives it; one that is not said is an equivalence. */
export function relationshipOf(code: string | undefined): Relationship | undefined {
  return relationships.find(({ equivalence, relationship }) => equivalence === (code ?? 'equivalent') || relationship === code);
}
