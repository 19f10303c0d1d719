// ESLint over everything, with nothing tolerated, and then a report of what has grown large: a size is no mistake, it
// is a question ("which second idea hides in here?").
import { readdirSync, readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import { parser } from 'typescript-eslint';

const longFunction = 50;
const longFile = 300;

const eslint = new ESLint();
const results = await eslint.lintFiles(['.']);
const findings = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));
process.stdout.write(`${results.length} files linted, ${findings} findings\n`);

const sizes = new ESLint({
  overrideConfigFile: true,
  allowInlineConfig: false,
  overrideConfig: [{
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parser },
    rules: {
      'max-lines': ['warn', { max: longFile }],
      'max-lines-per-function': ['warn', { max: longFunction, IIFEs: true }],
    },
  }],
});
const large = (await sizes.lintFiles(['src'])).flatMap(({ filePath, messages }) => messages.map((message) => ({ filePath, message })));
const files = readdirSync('src', { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && /[.]tsx?$/.test(file.name));
const lines = files.reduce((sum, file) => sum + readFileSync(`${file.parentPath}/${file.name}`, 'utf8').split('\n').length, 0);
process.stdout.write(`${files.length} source files, ${lines} lines; ${large.length} larger than ${longFunction} lines a function or ${longFile} a file\n`);
for (const { filePath, message } of large) process.stdout.write(`  ${filePath.slice(process.cwd().length + 1)}:${message.line} ${message.message}\n`);

process.exitCode = findings > 0 ? 1 : 0;
