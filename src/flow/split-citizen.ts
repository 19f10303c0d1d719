import type { Connection } from '../store/database.ts';
import type { Decided, LinkContext } from './link-context.ts';

/** Takes source Patients out of a citizen, back to where they came from or to a new one. Returns the decision and where they are now. */
export async function splitCitizen(
  _connection: Connection, _context: LinkContext, _split: { citizen: string; persons: readonly string[]; decision: Decided },
): Promise<{ decision: string; citizen: string }> {
  return Promise.reject(new Error('being built'));
}

/** Takes a decision back, as a decision of its own. */
export async function undoDecision(_connection: Connection, _context: LinkContext, _undo: { decision: string; by: Decided }): Promise<{ decision: string }> {
  return Promise.reject(new Error('being built'));
}
