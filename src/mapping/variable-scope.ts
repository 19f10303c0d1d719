import type { Collection } from './collection.ts';

export interface Variable {
  name: string;
  mode: 'source' | 'target';
  slot: number;
  /** FHIR type of a target variable, or declared type of a source, where it is known when compiling */
  type?: string;
}

/** Slots of one group: every variable has its own, so that leaving a rule needs no clean-up. */
export interface SlotCounter {
  next: number;
}

/** Which variables a rule sees: its own and those around it; siblings do not see each other's. Source and target variables are separate. */
export class VariableScope {
  readonly slots: SlotCounter;
  readonly constants: ReadonlyMap<string, Collection>;
  private readonly parent: VariableScope | undefined;
  private readonly sources = new Map<string, Variable>();
  private readonly targets = new Map<string, Variable>();

  constructor(constants: ReadonlyMap<string, Collection>, parent?: VariableScope) {
    this.constants = constants;
    this.parent = parent;
    this.slots = parent?.slots ?? { next: 0 };
  }

  inner(): VariableScope {
    return new VariableScope(this.constants, this);
  }

  declare(name: string, mode: 'source' | 'target', type?: string): Variable {
    const variable: Variable = { name, mode, slot: this.slots.next, ...(type === undefined ? {} : { type }) };
    this.slots.next += 1;
    (mode === 'source' ? this.sources : this.targets).set(name, variable);
    return variable;
  }

  source(name: string): Variable | undefined {
    return this.sources.get(name) ?? this.parent?.source(name);
  }

  target(name: string): Variable | undefined {
    return this.targets.get(name) ?? this.parent?.target(name);
  }

  /** As expressions and arguments look a name up: sources first. */
  any(name: string): Variable | undefined {
    return this.source(name) ?? this.target(name);
  }

  names(): string[] {
    const own = [...this.sources.keys(), ...this.targets.keys()].filter((name) => !name.startsWith('\u0000'));
    return [...new Set([...own, ...(this.parent?.names() ?? [])])];
  }
}
