import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as mlflow from "../../../src/index.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { callOfCallback, type ValidCall, validCalls } from "./public-calls.js";
import { functionsOfObject, type PublicFunction, publicFunctions } from "./public-functions.js";

const folder = temporaryDirectory({ whenOver: afterAll });
const calls = validCalls(folder);
const functions = publicFunctions();

beforeAll(async () => {
  // autolog() turns warnings on again.
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  mlflow.setTrackingUri(join(folder, "store"));
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files", "a.txt"), "a");
  const lcModel = ChatPromptTemplate.fromMessages([["human", "{x}"]]);
  const path = join(folder, "model");
  await mlflow.langchain.saveModel({ lcModel, path });
  const run = await mlflow.startRun();
  await mlflow.endRun();
  const returned = {
    searchRuns: mlflow.searchRuns(),
    searchTraces: mlflow.searchTraces(),
    startRun: run,
    "pyfunc.loadModel": await mlflow.pyfunc.loadModel(path),
  };
  for (const [name, object] of Object.entries(returned)) {
    functions.push(...functionsOfObject(name, object));
  }
});

afterAll(async () => {
  await mlflow.flushTraces();
  mlflow.autolog({ disable: true });
  vi.restoreAllMocks();
});

const hostile = (): unknown[] => {
  const cyclic: Record<string, unknown> = { name: "a" };
  cyclic.self = cyclic;
  const fail = () => {
    throw new TypeError("a value of the app");
  };
  const traps = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [
    ...[null, true, 5, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "", "?/#\u0000", 5n],
    ...[Symbol("symbol"), () => {}, new Date(0), new Date(Number.NaN), new Map([["a", 1]])],
    ...[[], [Symbol("item")], [null], Object.create(null), cyclic, Promise.resolve({})],
    ...[new Proxy({}, traps), new Proxy([], traps), revoked.proxy],
    Object.defineProperty({}, "a", { enumerable: true, get: fail }),
    { toString: fail, toJSON: fail, valueOf: fail, [Symbol.toPrimitive]: fail },
    { a: Symbol("field"), b: 5n, c: fail },
  ];
};

/** Two values of one type are both accepted, or the second is refused for its content. */
function typeOf(value: unknown): string {
  if (typeof value !== "object") return typeof value;
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return "a value that throws";
  }
}

/** Returns the error of a call. Ends a run that it has started, and removes a model that it has saved. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    const result: unknown = await call();
    if (typeof result === "object" && result !== null && Symbol.asyncIterator in result) {
      await (result as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
    }
    return undefined;
  } catch (error) {
    return error ?? "a missing error";
  } finally {
    await mlflow.endRun().catch(() => {});
    rmSync(join(folder, "saved"), { recursive: true, force: true });
  }
}

function callFor(name: string): ValidCall {
  return calls[name] ?? callOfCallback(name) ?? { args: {} };
}

function argumentsOf({ args, options = {}, required = [] }: ValidCall, more?: object): unknown[] {
  const values = Object.values(args).map(([sample]) => sample);
  const given = Object.fromEntries(required.map((name) => [name, options[name]?.[0]]));
  return more || required.length > 0 ? [...values, { ...given, ...more }] : values;
}

const described = (one: PublicFunction, what: string, error: unknown) =>
  `${one.name} ${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;

/** Whether a call was refused with an error that names the argument. */
function isRefusalOf(name: string, error: unknown): boolean {
  if (!(error instanceof mlflow.MlflowException)) return false;
  const isNamed = error.message.toLowerCase().includes(name.toLowerCase());
  return error.errorCode === "INVALID_PARAMETER_VALUE" && isNamed;
}

let stores = 0;

/** Undoes what an accepted call has set. */
async function reset(): Promise<void> {
  // A new store, because searches would read the runs of all earlier calls.
  stores += 1;
  mlflow.setTrackingUri(join(folder, `store ${stores}`));
  await mlflow.setExperiment("fuzz");
  mlflow.setActiveModel();
}

const nameOf = ({ name }: PublicFunction) => name;

test("each public function has a valid call, and each valid call a public function", async () => {
  const names = functions.map(nameOf);
  expect(names.length).toBeGreaterThan(70);
  expect(names.filter((name) => !calls[name] && !callOfCallback(name))).toEqual([]);
  expect(Object.keys(calls).filter((name) => !names.includes(name))).toEqual([]);
});

test("a valid call is accepted, with each of its options", async () => {
  const wrong: string[] = [];
  for (const one of functions) {
    await reset();
    const call = callFor(one.name);
    const options = Object.entries(call.options ?? {});
    const given = options.flatMap(([name, samples]) => samples.map((value) => ({ [name]: value })));
    const without = one.name === "setExperiment" ? [] : [undefined];
    for (const more of [...without, ...given]) {
      const error = await errorOf(() => one.call(argumentsOf(call, more), call.self?.()));
      if (error !== undefined && !isAbsence(error) && !call.throwsErrorsOfModel) {
        wrong.push(described(one, `with ${Object.keys(more ?? {})}`, error));
      }
    }
  }
  expect(wrong).toEqual([]);
});

/** Whether a valid call failed only because a run, model, file or option that it needs does not exist here. */
function isAbsence(error: unknown): boolean {
  if (!(error instanceof mlflow.MlflowException)) return false;
  if (error.errorCode === "RESOURCE_DOES_NOT_EXIST") return true;
  return /exactly one|has no logged models|only one of|can't be specified|cannot be specified if|does not exist|can only be used|needs an|requires `predictFn`|only valid for|already exists|tasks failed|not supported|No such artifact|INTERNAL|filter/i.test(
    error.message,
  );
}

test("the valid calls have every option, and no option is ignored", async () => {
  const wrong: string[] = [];
  for (const one of functions.filter(({ name }) => callFor(name).options)) {
    const call = callFor(one.name);
    const args = argumentsOf(call, { zqx: 1 });
    const error = await errorOf(() => one.call(args, call.self?.()));
    const listed = /has no option `zqx`\. Options are: (.*)\./.exec(String(error))?.[1];
    const names = listed?.split(", ").sort();
    if (String(names) !== String(Object.keys(call.options ?? {}).sort())) {
      wrong.push(described(one, `lists ${names}`, error));
    }
  }
  expect(wrong).toEqual([]);
});

test("a misspelt option is refused by its name, and the right name is suggested", async () => {
  const wrong: string[] = [];
  const write = vi.mocked(process.stderr.write);
  write.mockClear();
  let count = 0;
  for (const one of functions) {
    const call = callFor(one.name);
    for (const [name, misspelt] of misspellingsOf(call)) {
      count += 1;
      const args = argumentsOf(call, { [misspelt]: call.options?.[name]?.[0] });
      const error = await errorOf(() => one.call(args, call.self?.()));
      const isSameWord = misspelt.replaceAll(/\W|_/g, "").toLowerCase() === name.toLowerCase();
      const suggested = isSameWord ? `Did you mean \`${name}\`?` : "";
      const isRefused = isRefusalOf(`\`${misspelt}\``, error);
      if (!isRefused || !String(error).includes(suggested)) {
        wrong.push(described(one, misspelt, error));
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(1000);
  expect(write.mock.calls.map(String), "an error that is thrown is not logged too").toEqual([]);
});

/** Pairs of a right and a wrong name. */
function misspellingsOf({ options = {} }: ValidCall): [name: string, misspelt: string][] {
  const names = Object.keys(options);
  return names.flatMap((name) =>
    [...misspellings(name)]
      .filter((misspelt) => !names.includes(misspelt))
      .map((misspelt): [string, string] => [name, misspelt]),
  );
}

function misspellings(name: string): Set<string> {
  const middle = Math.floor(name.length / 2);
  const [head, tail] = [name.slice(0, middle), name.slice(middle)];
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new Set([
    ...[`${head}${tail.slice(1)}`, `${head}q${tail.slice(1)}`, `${name}s`, name.slice(0, -1)],
    ...[`${head}${tail[1] ?? ""}${tail[0]}${tail.slice(2)}`],
    ...[snake, snake.replaceAll("_", "-"), snake.toUpperCase()],
    ...[name.toLowerCase(), name.toUpperCase(), `${name[0]?.toUpperCase()}${name.slice(1)}`],
  ]);
}

/** Whether a call with a hostile value was accepted, or refused correctly. */
function isRight(call: ValidCall, name: string, isOfType: boolean, error: unknown): boolean {
  const isRaw = error !== undefined && !(error instanceof mlflow.MlflowException);
  if (call.neverThrows) return error === undefined;
  if (isRaw && call.throwsErrorsOfModel) {
    return name === "input" || /input variable/.test(String(error));
  }
  return isRefusalOf(name, error) || (isOfType && !isRaw);
}

/** Calls a function with hostile values, and returns the calls that were neither accepted nor refused correctly. */
async function problemsOf(
  one: PublicFunction,
  name: string,
  samples: readonly unknown[],
  argumentsWith: (value: unknown) => unknown[],
): Promise<string[]> {
  const call = callFor(one.name);
  const wrong: string[] = [];
  for (const value of hostile()) {
    const error = await errorOf(() => one.call(argumentsWith(value), call.self?.()));
    const isOfType = samples.some((sample) => typeOf(sample) === typeOf(value));
    if (isRight(call, name, isOfType, error)) continue;
    wrong.push(described(one, `${name} = ${typeOf(value)}`, error));
  }
  return wrong;
}

test("an option of a wrong type is refused by its name, and no other error escapes", async () => {
  const wrong: string[] = [];
  for (const one of functions) {
    await reset();
    const call = callFor(one.name);
    for (const [name, samples] of Object.entries(call.options ?? {})) {
      const args = (value: unknown) => argumentsOf(call, { [name]: value });
      wrong.push(...(await problemsOf(one, name, samples, args)));
    }
  }
  expect(wrong).toEqual([]);
});

test("an argument of a wrong type is refused by its name, and no other error escapes", async () => {
  const wrong: string[] = [];
  for (const one of functions) {
    await reset();
    const call = callFor(one.name);
    const options = [{}, ...(call.insteadOfOptions ?? [])];
    const places = { ...call.args, ...(call.options && { "object of options": options }) };
    for (const [index, [name, samples]] of Object.entries(places).entries()) {
      const args = (value: unknown) => argumentsOf(call).toSpliced(index, 1, value);
      wrong.push(...(await problemsOf(one, name, samples, args)));
    }
  }
  expect(wrong).toEqual([]);
});
