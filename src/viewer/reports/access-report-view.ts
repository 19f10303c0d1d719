import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';

export interface ReportLine {
  when: string;
  who: string;
  what: string[];
  why: string[];
  cameOfIt: string[];
}

export interface AccessReportView {
  lines: ReportLine[];
  heldBack: { rule: string; looks: number }[];
}

/** The Parameters of Patient/{id}/$access-report, in the gateway's own sentences. */
export function accessReportOf({ parameter = [] }: Parameters): AccessReportView {
  const named = (name: string): ParametersParameter[] => parameter.filter((each) => each.name === name);
  return {
    lines: named('line').map(({ part = [] }) => ({ when: textsIn(part, 'when')[0] ?? '', who: textsIn(part, 'who')[0] ?? '', what: textsIn(part, 'what'), why: textsIn(part, 'why'), cameOfIt: textsIn(part, 'came-of-it') })),
    heldBack: named('held-back').map(({ part = [] }) => ({ rule: part.find(({ name }) => name === 'rule')?.valueCode ?? '', looks: part.find(({ name }) => name === 'looks')?.valueInteger ?? 0 })),
  };
}

function textsIn(parts: readonly ParametersParameter[], wanted: string): string[] {
  return parts.flatMap(({ name, valueString }) => (name === wanted && valueString !== undefined ? [valueString] : []));
}
