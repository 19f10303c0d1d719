import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';

/** Rules in the order they are asked, and which of them decides. */
export interface RuleView {
  number: number;
  says: string;
  effect: string;
  sentence: string | undefined;
}

export interface AudienceView {
  organisation: string;
  sentence: string;
  roles: string[];
  purposes: string[];
}

/** As profiles/OperationDefinition-explain-access.json answers. */
export interface ExplanationView {
  custodian: string;
  category: string;
  labels: string[];
  rules: RuleView[];
  audiences: AudienceView[];
}

export function explanationOf({ parameter = [] }: Parameters): ExplanationView {
  const named = (name: string): ParametersParameter[] => parameter.filter((each) => each.name === name);
  return {
    custodian: textIn(named('custodian')[0]), category: textIn(named('category')[0]), labels: named('label').map(textIn),
    rules: named('rule').map(({ part = [] }) => ({ number: part.find(({ name }) => name === 'number')?.valueInteger ?? 0, says: partIn(part, 'says') ?? '', effect: partIn(part, 'effect') ?? '', sentence: partIn(part, 'sentence') })),
    audiences: named('audience').map(({ part = [] }) => ({
      organisation: partIn(part, 'organisation') ?? '', sentence: partIn(part, 'sentence') ?? '', roles: part.filter(({ name }) => name === 'role').map(textIn), purposes: part.filter(({ name }) => name === 'purpose').map(textIn),
    })),
  };
}

/** `CarePlan/1`; undefined for what names no record. */
export function recordOf(typed: string): string | undefined {
  return /^([A-Z][A-Za-z]{1,40}\/[A-Za-z0-9.-]{1,64})(?:\/_history\/\d+)?$/.exec(typed.trim())?.[1];
}

function partIn(parts: readonly ParametersParameter[], name: string): string | undefined {
  const part = parts.find((each) => each.name === name);
  return part && textIn(part);
}

function textIn(part: ParametersParameter | undefined): string {
  return part?.valueString ?? part?.valueCode ?? '';
}
