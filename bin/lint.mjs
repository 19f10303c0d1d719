// ESLint over everything, with nothing tolerated, and then a report of what has grown large: a size is no mistake, it
// is a question ("which second idea hides in here?").
import { readdirSync, readFileSync } from 'node:fs';
import { ESLint } from 'eslint';

const longFunction = 50;
const longFile = 300;

const sizes = {
  'max-lines': ['warn', { max: longFile }],
  'max-lines-per-function': ['warn', { max: longFunction, IIFEs: true }],
};
const isSize = ({ ruleId }) => ruleId in sizes;
const eslint = new ESLint({ overrideConfig: [{ files: ['src/**/*.ts', 'src/**/*.tsx'], rules: sizes }] }); // in one go: reading every file again takes as long as a tenth of all rules
const linted = await eslint.lintFiles(['.']);
const results = linted.map((result) => ({ ...result, messages: result.messages.filter((message) => !isSize(message)), warningCount: result.warningCount - result.messages.filter(isSize).length }));
const findings = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));
process.stdout.write(`${results.length} files linted, ${findings} findings\n`);

// no comment hides a size
const large = linted.flatMap(({ filePath, messages, suppressedMessages }) => [...messages, ...suppressedMessages].filter(isSize).map((message) => ({ filePath, message })));
const files = readdirSync('src', { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && /[.]tsx?$/.test(file.name));
const lines = files.reduce((sum, file) => sum + readFileSync(`${file.parentPath}/${file.name}`, 'utf8').split('\n').length, 0);
process.stdout.write(`${files.length} source files, ${lines} lines; ${large.length} larger than ${longFunction} lines a function or ${longFile} a file\n`);
for (const { filePath, message } of large) process.stdout.write(`  ${filePath.slice(process.cwd().length + 1)}:${message.line} ${message.message}\n`);

process.exitCode = findings > 0 ? 1 : 0;
