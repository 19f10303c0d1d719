export interface MapDraftInput {
  kind: string;
  /** path of the sender's person id below the record */
  personKey: string;
  fields: readonly { path: string; dateFormat?: string }[];
}

/** A map that compiles and names the person; every other field stands in it as a comment, to be carried or dropped. */
export function draftMap({ kind, personKey, fields }: MapDraftInput): string {
  const name = kind.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const rules = fields.map(({ path, dateFormat }) => `  // row.${path} as v -> patient. = ${dateFormat === undefined ? 'v' : `toDate(v, '${dateFormat}')`};`);
  return `/// url = 'https://fhir.bicp.example/StructureMap/${kind}'
/// name = '${name}'
/// title = '${name}'
/// status = 'draft'

uses "https://fhir.bicp.example/StructureDefinition/${kind}-row" alias Row as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as target
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as produced

group ${name}(source row : Row, target bundle : Bundle) {
  row -> bundle.entry as entry, entry.resource = create('Patient') as patient then Person(row, patient);
}

group Person(source row : Row, target patient : Patient) {
  row.feed as feed then {
    feed.identifierBase as base -> patient.identifier as key, key.system = append(base, '/person') then {
      row.${personKey} as id -> key.value = id;
    };
  };

  // Carry each of these, or drop it in dropped.csv with a reason:
${rules.join('\n')}
}
`;
}
