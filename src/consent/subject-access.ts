/** What is left out of what a person is given who asks for what is held about them, as `mappings/oversight/subject-access.json` has it. */
export interface SubjectAccessRule {
  code: string;
  /** by language */
  title: Readonly<Record<string, string>>;
  law: string;
  /** types of resource */
  types: readonly string[];
  /** sensitivity labels */
  labels: readonly string[];
  /** `Patient.contact`: elements of the composed Patient */
  elements: readonly string[];
}

export interface SubjectAccessRules {
  version: string;
  note: string;
  rules: readonly SubjectAccessRule[];
}

/** The first rule under which a record is left out; null where it is given. A record of no known class is nobody's to give. */
export function leftOutUnder({ type, labels }: { type: string; labels: readonly string[] | null }, { rules }: SubjectAccessRules): string | null {
  if (labels === null) return rules[0]?.code ?? 'unclassified';
  return rules.find((rule) => rule.types.includes(type) || rule.labels.some((label) => labels.includes(label)))?.code ?? null;
}

/** A Patient without the elements a rule leaves out, and under which rules something was. */
export function withoutElements<Patient extends { resourceType: string }>(patient: Patient, { rules }: SubjectAccessRules): { given: Patient; leftOut: string[] } {
  const given: Record<string, unknown> = { ...patient };
  const leftOut = rules.filter(({ elements }) => elements.filter((path) => {
    const [type, element = ''] = path.split('.');
    return type === patient.resourceType && delete given[element] && Object.hasOwn(patient, element);
  }).length > 0);
  return { given: given as Patient, leftOut: leftOut.map(({ code }) => code) };
}
