import type { LedgerEntry } from './types.ts';

/** A sender cannot make a compiled map grow without end by inventing names. */
const mostChildren = 2_000;

/**
 * A path in the source tree without indexes, made once and kept with the compiled map. Marks carry the number of the
 * run that made them, so that nothing needs clearing between records.
 */
export class SourceField {
  readonly path: string;
  readonly children = new Map<string, SourceField>();
  /** the map itself names this field; other fields are only remembered for the ledger */
  private named = false;
  private readRun = 0;
  private carriedRun = 0;
  private wholeRun = 0;
  private to = '';
  /** last run whose ledger lists this field */
  listedRun = 0;
  private entry: LedgerEntry | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** A child the map names. */
  child(name: string): SourceField {
    const field = this.leaf(name);
    field.named = true;
    return field;
  }

  /** A child the source holds. */
  leaf(name: string): SourceField {
    const known = this.children.get(name);
    if (known) return known;
    if (this.children.size >= mostChildren) this.forgetUnnamed();
    const made = new SourceField(this.path === '' ? name : `${this.path}.${name}`);
    this.children.set(name, made);
    return made;
  }

  private forgetUnnamed(): void {
    for (const [name, field] of this.children) if (!field.named) this.children.delete(name);
  }

  markRead(run: number): void {
    this.readRun = run;
  }

  /** The first target named in a run is the one the ledger keeps. `whole` covers everything below. */
  markCarried(run: number, to: string, whole: boolean): void {
    if (this.carriedRun !== run) {
      this.carriedRun = run;
      this.to = to;
    }
    if (whole) this.wholeRun = run;
  }

  /** Target of a value carried with everything below it. */
  carriedWhole(run: number): string | undefined {
    return this.wholeRun === run ? this.to : undefined;
  }

  /** What the ledger says of this field as a leaf; `inherited` is the target of a parent that was carried whole. */
  ledgerEntry(run: number, inherited: string | undefined): LedgerEntry {
    const carried = this.carriedRun === run ? this.to : inherited;
    const state = carried !== undefined ? 'carried' : this.readRun === run ? 'read' : 'unmapped';
    if (this.entry?.state !== state || this.entry.to !== carried) {
      this.entry = Object.freeze({ field: this.path, state, ...(carried === undefined ? {} : { to: carried }) });
    }
    return this.entry;
  }
}
