import type { Json, JsonObject } from '../../fhir/json.ts';
import type { Partner } from '../../intake/types.ts';
import type { WritingRule } from '../../intake/writing-rule-file.ts';
import type { InTurn } from '../intake/in-turn.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import type { ReleaseContext } from '../release-context.ts';

/** What writing through the FHIR API works with. */
export interface WriteContext extends IntakeContext, ReleaseContext {
  writing: WritingRule;
  partners: readonly Partner[];
  inTurn: InTurn;
}

/** A search as its decoded parameters. */
export type Condition = readonly [string, string][];

/** A patch as it was sent; which of the two languages its media type, or its resource type, says. */
export type Patch = { operations: readonly Json[] } | { parameters: JsonObject };

/** One thing to be written, by itself or as an entry of a Bundle. */
export interface WriteAsk {
  method: 'create' | 'update' | 'patch' | 'delete';
  type: string;
  /** absent: new, or found by the condition */
  id?: string;
  condition?: Condition;
  /** the version the change was made from */
  ifMatch?: number;
  resource?: JsonObject;
  patch?: Patch;
  /** by what other entries name it */
  fullUrl?: string;
  /** RFC 6901, into the body, of the resource; '' for one by itself */
  pointer: string;
}

/** What became of it. `found`: a conditional create met it; `none`: there was nothing to delete. */
export interface Written {
  type: string;
  id: string;
  version: number;
  outcome: 'created' | 'changed' | 'same' | 'deleted' | 'found' | 'none';
}
