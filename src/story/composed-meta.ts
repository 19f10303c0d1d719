import type { Meta } from '@medplum/fhirtypes';
import type { StoryRow } from './story-row.ts';

/** Marks of what is composed by a rule: as strict as the strictest of what is in it. */
export function composedMeta(rule: string, cited: readonly StoryRow[]): Meta {
  const labels = new Map(cited.flatMap(({ resource }) => resource.meta?.security ?? []).map((label) => [`${label.system ?? ''}|${label.code ?? ''}`, label] as const));
  return { source: `urn:onestory:composed#${rule}`, ...(labels.size > 0 && { security: [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, label]) => label) }) };
}
