import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { parse as parseCsv } from 'csv-parse/sync';
import { parseDocument } from 'yaml';
import type { Problem } from '../fhir/problem.ts';
import { rememberRecent } from '../fhir/remember-recent.ts';
import { scanJson } from '../fhir/scan-json.ts';

/** A folder of configuration read from disk. Every mistake is kept and reported together, with file and path. */
export interface ConfigFolder {
  readonly problems: Problem[];
  add(file: string, text: string, at?: { pointer?: string; line?: number }): void;
  /** parsed JSON or YAML that fits the schema, or undefined with the reasons in `problems` */
  read<T>(file: string, schema: object): T | undefined;
  /** text of a file, or undefined when it is not there */
  text(file: string): string | undefined;
  /** names in a sub-folder, sorted; none when it is not there */
  list(folder: string): string[];
  /** rows of a CSV whose header must be exactly these columns */
  rows(file: string, columns: readonly string[]): { [column: string]: string }[];
}

/** Where its files are: on disk, or as they were kept. */
export interface FileSource {
  text(file: string): string | undefined;
  list(folder: string): string[];
}

export function filesOnDisk(root: string): FileSource {
  return {
    text: (file) => {
      const path = join(root, file);
      return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8').replace(/^\uFEFF/, '') : undefined;
    },
    list: (folder) => {
      const path = join(root, folder);
      return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path).sort() : [];
    },
  };
}

/** Files by their path, as a version of a mapping keeps them. */
export function keptFiles(files: ReadonlyMap<string, string>): FileSource {
  return {
    text: (file) => files.get(file),
    list: (folder) => {
      const within = folder === '.' ? '' : `${folder.replace(/\/\.$/, '')}/`;
      const names = [...files.keys()].filter((file) => file.startsWith(within)).map((file) => file.slice(within.length).split('/')[0] ?? '');
      return [...new Set(names)].sort();
    },
  };
}

const ajv = new Ajv({ allErrors: true, strict: false });
const validators = new WeakMap<object, ValidateFunction>();

/** Compiled once: the same few schemas are asked for every file of a kind. */
function validatorOf(schema: object): ValidateFunction {
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  return validate;
}

/** JSON, or YAML, which JSON is too: its parser is slower and says where a mistake is. */
function parseContent(content: string): { value?: unknown; mistakes: { text: string; line?: number }[] } {
  if (!('problem' in scanJson(content, { maxDepth: 64, maxEntries: 1_000_000 }))) return { value: JSON.parse(content), mistakes: [] };
  const document = parseDocument(content);
  const mistakes = document.errors.map(({ message, linePos }) => ({ text: message.split('\n')[0] ?? 'The file cannot be parsed.', ...(linePos && { line: linePos[0].line }) }));
  return { value: mistakes.length > 0 ? undefined : document.toJS(), mistakes };
}

/** Every version of a mapping is read anew and has most tables in common with the one before. */
const csvCells = rememberRecent<string[][]>(1_000);

export function configFolder(source: FileSource): ConfigFolder {
  const { text, list } = source;
  const problems: Problem[] = [];
  const add: ConfigFolder['add'] = (file, text, at = {}) => {
    problems.push({ category: 'invalid', code: 'mappings-invalid', text, at: { file, ...at } });
  };
  const read = <T>(file: string, schema: object): T | undefined => {
    const content = text(file);
    if (content === undefined) return void add(file, 'The file is missing.');
    const parsed = parseContent(content);
    for (const { text: wrong, ...at } of parsed.mistakes) add(file, wrong, at);
    if (parsed.mistakes.length > 0) return undefined;
    const validate = validatorOf(schema) as ValidateFunction<T>;
    if (validate(parsed.value)) return parsed.value;
    for (const error of validate.errors ?? []) add(file, sentence(error), { pointer: error.instancePath || '/' });
    return undefined;
  };
  const rows: ConfigFolder['rows'] = (file, columns) => {
    const content = text(file);
    if (content === undefined) return [];
    try {
      const [header = [], ...cells] = csvCells(content, () => parseCsv(content, { skip_empty_lines: true, trim: true }));
      if (header.join() === columns.join()) return cells.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? ''])));
      add(file, `The header must be "${columns.join(',')}".`, { line: 1 });
    } catch (error) {
      add(file, error instanceof Error ? error.message : 'The file is not CSV.');
    }
    return [];
  };
  return { problems, add, read, text, list, rows };
}

function sentence(error: ErrorObject): string {
  const extra = 'additionalProperty' in error.params ? ` ("${String(error.params['additionalProperty'])}")` : '';
  const allowed = 'allowedValues' in error.params ? ` (${String(error.params['allowedValues'])})` : '';
  return `${error.instancePath || 'The file'} ${error.message ?? 'is invalid'}${extra}${allowed}.`;
}
