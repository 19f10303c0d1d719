/** Words beside a number: when it is answered, for instance. */
export const contactComment = 'http://hl7.org/fhir/StructureDefinition/contactpoint-comment';
