/** Kinds of parameters with values of their own, as FHIR R4 names them. */
export type ValueKind = 'token' | 'reference' | 'string' | 'date' | 'number' | 'quantity' | 'uri';

interface Common {
  name: string;
  /** canonical of its definition */
  url: string;
  /** members of JSON, dotted, lists passed through */
  paths: readonly string[];
  /** FHIR types of what stands there */
  types: readonly string[];
}

/** One search parameter of one type of resource: where its values stand, and how they are compared. */
export type SearchParameterRow =
  | (Common & {
    kind: 'token';
    /** value set that says the systems of codes which are written without one */ binding?: string;
    /** what stands in words beside its codes can be asked for: they say what the record is, and are of no short list */ words?: true;
    /** only extensions of this definition */ extension?: string;
    /** only elements with this member */ where?: { member: string; value: string };
    /** whether there is anything but false, as `true` or `false` */ truth?: true;
    /** the row's sharing class says it too: the custodian, or its labels */ ofClass?: 'custodian' | 'labels';
  })
  | (Common & { kind: 'reference'; targets: readonly string[]; /** named by canonical URL */ canonical: boolean })
  | (Common & {
    kind: 'string';
    /** compared as spoken */ sounds?: true;
    /** any part of it can be asked for: it is a name, and short */ contains?: true;
    /** members that another parameter looks at, by its name: indexed once, under that one */ covers?: Readonly<Record<string, string>>;
  })
  | (Common & { kind: 'date'; /** only extensions of this definition */ extension?: string })
  | (Common & { kind: 'number' | 'quantity' })
  | (Common & { kind: 'uri'; /** every stored row of the type has this one beside what stands in it */ ofType?: true })
  | { name: string; url: string; kind: 'composite'; roots: readonly CompositeRoot[] }
  | { name: '_id'; url: string; kind: 'id' }
  | { name: '_lastUpdated'; url: string; kind: 'updated' };

/** Two parts that must hold of one element; `root` is empty for the resource itself. */
export interface CompositeRoot {
  root: string;
  parts: { kind: ValueKind; /** from the root on */ paths: string[] }[];
}

/** A parameter whose values stand somewhere. */
export type ValuedRow = Extract<SearchParameterRow, { paths: readonly string[] }>;
