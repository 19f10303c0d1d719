import type { Reply } from '../route.ts';

/** An answer in plain JSON: what governance deals with is not all FHIR. */
export function json(status: number, content: unknown, headers: Record<string, string> = {}): Reply {
  return { status, text: JSON.stringify(content), headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } };
}
