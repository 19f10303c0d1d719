import type { Position } from '../fhir/problem.ts';

/** Whom a message joins or tells apart, or whose visit it moves, by the sender's own ids. */
export interface Joining {
  act: 'join' | 'part' | 'move-visit';
  /** of the person who stays */
  person: string;
  /** of those who end, or are somebody else; empty: only national numbers are named. Of a visit that moves: whose it was, which may be the same person */
  others: string[];
  /** what moves, by the sender's numbers: one visit, or all of an account */
  visit?: { from: string; to: string } | { account: string };
  /** where the message names them */
  at: Position;
}
