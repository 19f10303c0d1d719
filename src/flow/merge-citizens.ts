import type { Connection } from '../store/database.ts';
import type { Decided, LinkContext } from './link-context.ts';

/** Makes one citizen of two. Returns the id of the decision. */
export async function mergeCitizens(_connection: Connection, _context: LinkContext, _merge: { from: string; into: string; decision: Decided }): Promise<{ decision: string }> {
  return Promise.reject(new Error('being built'));
}

/** Two source Patients are two people: no rule joins them from now on. */
export async function keepApart(_connection: Connection, _context: LinkContext, _apart: { a: string; b: string; decision: Decided }): Promise<{ decision: string }> {
  return Promise.reject(new Error('being built'));
}
