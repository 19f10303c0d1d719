// Checks the import direction of a source tree against .dependency-cruiser.cjs: `node bin/arch.mjs [folder]`, src by
// default. Refuses to call a tree clean when it saw fewer modules than the tree has TypeScript files: with a TypeScript
// it cannot use, dependency-cruiser silently sees none.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const tsConfigPath = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
const folder = process.argv[2] ?? 'src';

const tsConfig = extractTSConfig(tsConfigPath);
const result = await cruise([folder], { ...options, tsConfig: { fileName: tsConfigPath }, ruleSet: { forbidden }, validate: true }, {}, { tsConfig });
const { modules, summary } = result.output;

const files = readdirSync(folder, { recursive: true }).filter((file) => /[.]tsx?$/.test(file));
const seen = modules.filter((module) => module.source.startsWith(`${folder}/`)).length;
const errors = summary.violations.filter((violation) => violation.rule.severity === 'error');
for (const { rule, from, to } of errors) process.stdout.write(`${rule.name}: ${from} → ${to}\n`);
if (seen < files.length) process.stdout.write(`too-few-modules: ${seen} seen, ${files.length} files under ${folder}\n`);
process.stdout.write(`${seen} modules, ${summary.totalDependenciesCruised} imports, ${errors.length} against the rules\n`);
process.exitCode = errors.length > 0 || seen < files.length ? 1 : 0;
