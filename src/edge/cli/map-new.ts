import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { Refusal } from '../../fhir/problem.ts';
import { draftKind } from '../../flow/mapping/draft-kind.ts';
import type { CliContext } from './cli-context.ts';
import { orFail, readSources } from './map-bench.ts';

/** `onestory map new <kind> <sample>`: begins a kind from a sample, in a folder that must not be there yet. No value of the sample is written. */
export function newCommand(context: CliContext): Command {
  return new Command('new')
    .description('begin a kind from a sample: a draft of its schema, and a map that names the person')
    .argument('<kind>', 'its name, lower-case words with hyphens, such as home-visits')
    .argument('<sample>', 'CSV with a header, HL7 v2 messages, JSON, XML, a FHIR Bundle, or a zip or folder of CSV tables')
    .option('--mappings <folder>', 'folder of the maps, where the kind gets a folder of its own', context.mappingsDir)
    .option('--json', 'print what was written as one JSON object')
    .action((kind: string, sample: string, options: { mappings: string; json?: true }) => orFail(context, async () => {
      if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(kind)) throw new Refusal({ category: 'unsupported', code: 'kind-name', text: 'This is no name of a kind.', expected: 'lower-case words with hyphens, such as home-visits' });
      const folder = join(options.mappings, kind);
      if (existsSync(folder)) throw new Refusal({ category: 'conflict', code: 'kind-exists', text: 'There is a kind of this name already; nothing was written.', at: { file: folder }, fix: 'Choose another name, or change the kind there is.' });
      const [source] = readSources({ mappings: options.mappings }, [sample]);
      const draft = await draftKind(kind, source?.bytes ?? []);
      if ('problem' in draft) throw new Refusal({ ...draft.problem, at: { ...draft.problem.at, file: [sample, draft.problem.at?.file].filter((part) => part !== undefined).join('/') } });
      await mkdir(folder, { recursive: true });
      for (const { file, text } of draft.files) await writeFile(join(folder, file), text, { flag: 'wx' });
      const { format, fields, parts } = draft;
      const files = draft.files.map(({ file }) => join(folder, file));
      if (options.json) return context.print(JSON.stringify({ kind, format, parts: parts.filter((part) => part !== ''), fields, files }, null, 2));
      for (const file of files) context.print(file);
      context.print(`${fields} fields. Check types and the person key in ${parts.length > 1 ? 'each schema' : 'schema.json'}, then: onestory map try ${kind} ${sample}`);
    }, options));
}
