import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A place in the source that makes a Problem, or a part of one. */
export interface CodeUse {
  code: string;
  /** where the same object says so */
  category?: string;
  file: string;
}

const kebab = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** Functions that take a code as an argument and make a Problem of it: the code is the one literal with a hyphen. */
const makers = new Set(['problem', 'invalid', 'report', 'checkPattern', 'mapProblem']);
/** Methods of the mapping engine that do so, by what they are called on, with the place of the code. */
const reporters: Readonly<Record<string, number>> = { unit: 1, run: 0 };
/** What the intake worker reports is an event of the log. */
const notMakers = /work-intake\.ts$/;

/** Every code of a Problem written anywhere in src/. */
export function scanProblemCodes(root: string): CodeUse[] {
  const files = (readdirSync(join(root, 'src'), { recursive: true }) as string[]).filter((file) => file.endsWith('.ts') && !/^(?:demo|viewer)\//.test(file));
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, 'src', file), 'utf8'), ts.ScriptTarget.Latest, true);
    const found: CodeUse[] = [];
    const visit = (node: ts.Node): void => {
      found.push(...usesAt(node).map((use) => ({ ...use, file })));
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

function usesAt(node: ts.Node): Omit<CodeUse, 'file'>[] {
  if (ts.isObjectLiteralExpression(node)) return ofObject(node);
  if (ts.isCallExpression(node)) return ofCall(node);
  // const code = isLast ? 'a' : 'b'
  if (ts.isVariableDeclaration(node) && node.name.getText() === 'code' && node.initializer) return literals(node.initializer).map((code) => ({ code }));
  return [];
}

/** `{ category, code, text }`, a part of one, a notice's `{ problem, severity }`, or a step's `{ wrong }`. A Coding has neither category nor text beside its code. */
function ofObject(node: ts.ObjectLiteralExpression): Omit<CodeUse, 'file'>[] {
  const property = (name: string): ts.Expression | undefined => {
    const found = node.properties.find((each) => (ts.isPropertyAssignment(each) || ts.isShorthandPropertyAssignment(each)) && each.name.getText() === name);
    return found && (ts.isPropertyAssignment(found) ? found.initializer : ts.isShorthandPropertyAssignment(found) ? found.name : undefined);
  };
  const category = property('category');
  const isProblem = (category !== undefined || property('text') !== undefined) && property('system') === undefined;
  const notice = property('problem');
  const told = notice && property('severity') ? notice : isProblem ? property('code') : property('wrong');
  return literals(told).map((code) => ({ code, ...(category && ts.isStringLiteral(category) && { category: category.text }) }));
}

function ofCall(node: ts.CallExpression): Omit<CodeUse, 'file'>[] {
  if (notMakers.test(node.getSourceFile().fileName)) return [];
  if (ts.isPropertyAccessExpression(node.expression) && ['fail', 'warn', 'report'].includes(node.expression.name.text)) {
    const place = reporters[node.expression.expression.getText().split('.').at(-1) ?? ''] ?? (node.getSourceFile().fileName.endsWith('run-state.ts') ? 0 : undefined);
    return place === undefined ? [] : literals(node.arguments[place]).map((code) => ({ code }));
  }
  const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : node.expression.getText();
  if (!makers.has(name)) return [];
  const [code] = node.arguments.flatMap((argument) => literals(argument)).filter((text) => text.includes('-'));
  return code === undefined ? [] : [{ code }];
}

/** The codes an expression can be: a literal, or either side of a choice. */
function literals(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteral(node)) return kebab.test(node.text) ? [node.text] : [];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return literals(node.expression);
  if (ts.isBinaryExpression(node)) return [...literals(node.left), ...literals(node.right)];
  return [];
}
