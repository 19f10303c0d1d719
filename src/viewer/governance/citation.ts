import type { LogDecision } from './log-row.ts';

/** Where the gateway's sentence cites the clause it stands on: `Clause 4.1 of "Early intervention" (version 1.0)`. */
export function citationIn({ sentence, clause, version }: Pick<LogDecision, 'sentence' | 'clause' | 'version'>): { before: string; citation: string | undefined; after: string } {
  const start = sentence.search(new RegExp(`clause ${literal(clause ?? '')} of "`, 'i'));
  const end = `(version ${version ?? ''})`;
  const last = start < 0 ? -1 : sentence.indexOf(end, start);
  if (last < 0) return { before: sentence, citation: undefined, after: '' };
  const after = last + end.length;
  return { before: sentence.slice(0, start), citation: sentence.slice(start, after), after: sentence.slice(after) };
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
