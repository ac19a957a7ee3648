import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A warning or an error as `src` writes it, with `…` in place of each value. */
export interface Message {
  readonly text: string;
  /** Where it is written, for example `src/store/open.ts:12`. */
  readonly place: string;
  readonly kind: "warning" | "error";
}

/** Functions that log a warning, and the position of the text among their arguments. */
const WARNINGS = new Map([
  ["warnOnce", 1],
  ["warnInOutage", 2],
  ["logWarning", 0],
  ["warn", 0],
  ["writeTerminalLine", 0],
]);
/** Functions and classes that make an error; the text is the first argument. */
const ERRORS = new Set(["MlflowException", "RestException", "invalidParameter", "usageError"]);

/** A shorter text says nothing that a page could be searched for. */
const FEWEST_CHARACTERS = 12;

const VALUE = "…";

interface SourceFile {
  readonly tree: ts.SourceFile;
  readonly file: string;
}

/**
 * Collects the texts of all warnings and errors: the arguments of the functions above, followed through
 * constants, conditions and the parameters of functions that pass a text to them.
 */
export function collectMessages(root = "src"): Message[] {
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file): SourceFile => {
      const text = readFileSync(join(root, file), "utf8");
      const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      return { file: join(root, file), tree };
    });
  const calls = sources.flatMap((source) => callsOf(source));
  const messages = calls.flatMap(({ source, node, name }): Message[] => {
    const position = WARNINGS.get(name) ?? (ERRORS.has(name) ? 0 : undefined);
    const argument = position === undefined ? undefined : node.arguments?.[position];
    if (!argument) return [];
    const line = source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const kind = WARNINGS.has(name) ? "warning" : "error";
    const texts = textsOf(argument, calls, 0).map(normalize).filter(isSearchable);
    return texts.map((text) => ({ text, place: `${source.file}:${line}`, kind }));
  });
  return [...new Map(messages.map((message) => [message.text, message])).values()];
}

/** One form for the source and the page: blanks are one, neighbouring values are one. */
export function normalize(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/…(?:\s?…)+/g, VALUE)
    .trim();
}

function isSearchable(text: string): boolean {
  return normalize(text).replaceAll(VALUE, "").trim().length >= FEWEST_CHARACTERS;
}

interface Call {
  readonly source: SourceFile;
  readonly node: ts.CallExpression | ts.NewExpression;
  readonly name: string;
}

function callsOf(source: SourceFile): Call[] {
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { expression } = node;
      const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
      if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) {
        calls.push({ source, node, name: name.text });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return calls;
}

/** Every text that an expression may be. What is not known is a value. */
function textsOf(node: ts.Expression, calls: readonly Call[], depth: number): string[] {
  if (depth > 6) return [VALUE];
  const textsIn = (inner: ts.Expression) => textsOf(inner, calls, depth + 1);
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return textsOfTemplate(node, textsIn);
  if (ts.isParenthesizedExpression(node)) return textsIn(node.expression);
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(textsIn);
  if (ts.isBinaryExpression(node)) {
    const isSum = node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    const [left, right] = [textsIn(node.left), textsIn(node.right)];
    if (isSum) return combinations([left, right]);
    // `message || "no text"`: what stands in for a value is no message of its own.
    return left.includes(VALUE) ? left : [...left, ...right];
  }
  if (ts.isCallExpression(node)) return textsOfCall(node, textsIn);
  return ts.isIdentifier(node) ? textsOfName(node, calls, textsIn) : [VALUE];
}

type TextsIn = (node: ts.Expression) => string[];

/** Values stay values, unless the template has hardly any text of its own. */
function textsOfTemplate({ head, templateSpans }: ts.TemplateExpression, textsIn: TextsIn) {
  const plain = head.text + templateSpans.map(({ literal }) => VALUE + literal.text).join("");
  if (isSearchable(plain)) return [plain];
  return combinations([
    [head.text],
    ...templateSpans.flatMap(({ expression, literal }) => [textsIn(expression), [literal.text]]),
  ]);
}

/** `[…].join(" ")`, `text.replace(…)`, and what a function of the file returns. */
function textsOfCall({ expression }: ts.CallExpression, textsIn: TextsIn): string[] {
  if (ts.isIdentifier(expression)) {
    const declared = functionNamed(expression.text, expression.getSourceFile());
    return declared ? returnedBy(declared).flatMap(textsIn) : [VALUE];
  }
  if (!ts.isPropertyAccessExpression(expression)) return [VALUE];
  const { expression: receiver, name } = expression;
  if (ts.isArrayLiteralExpression(receiver) && name.text === "join") {
    const texts = receiver.elements.map((one) =>
      ts.isSpreadElement(one) ? [VALUE] : textsIn(one),
    );
    return combinations(texts.flatMap((parts) => [[" "], parts]));
  }
  return ["replace", "trim"].includes(name.text) ? textsIn(receiver) : [VALUE];
}

/** One of each list, in every combination, as one text. */
function combinations(parts: readonly (readonly string[])[]): string[] {
  return parts.reduce<string[]>(
    (starts, ends) => starts.flatMap((start) => ends.map((end) => start + end)),
    [""],
  );
}

/** A constant of the file, or a parameter: then the arguments of all calls of its function. */
function textsOfName(name: ts.Identifier, calls: readonly Call[], textsIn: TextsIn): string[] {
  for (let scope: ts.Node | undefined = name.parent; scope; scope = scope.parent) {
    if (ts.isBlock(scope) || ts.isSourceFile(scope)) {
      const constant = constantNamed(name.text, scope);
      if (constant) return textsIn(constant);
    }
    if (!ts.isFunctionLike(scope)) continue;
    const index = scope.parameters.findIndex(({ name: own }) => own.getText() === name.text);
    if (index < 0) continue;
    const called = nameOfFunction(scope);
    const { fileName } = name.getSourceFile();
    const isExported = ts.canHaveModifiers(scope) && !!ts.getModifiers(scope)?.length;
    const args = calls
      .filter(({ name: other }) => other === called)
      .filter(({ source }) => isExported || source.tree.fileName === fileName)
      .flatMap(({ node }) => node.arguments?.[index] ?? []);
    return args.length > 0 ? args.flatMap(textsIn) : [VALUE];
  }
  return [VALUE];
}

function constantNamed(name: string, scope: ts.Block | ts.SourceFile): ts.Expression | undefined {
  const declarations = scope.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations);
  return declarations.find((one) => one.name.getText() === name)?.initializer;
}

function nameOfFunction(node: ts.SignatureDeclaration): string | undefined {
  if (node.name) return node.name.getText().replace(/^#/, "#");
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined;
}

function functionNamed(name: string, file: ts.SourceFile): ts.FunctionDeclaration | undefined {
  return file.statements.filter(ts.isFunctionDeclaration).find((one) => one.name?.text === name);
}

function returnedBy(declared: ts.FunctionDeclaration): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  if (declared.body) ts.forEachChild(declared.body, visit);
  return found;
}
