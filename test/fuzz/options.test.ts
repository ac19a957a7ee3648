import { afterAll, expect, test } from "vitest";
import { MlflowException } from "../../src/base/errors.js";
import { setSilent } from "../../src/base/log.js";
import { describeOption, OPTION_NAMES, resolveOptions } from "../../src/settings/options.js";
import { readSettings } from "../../src/settings/settings.js";
import { hostileValue, seeded } from "./hostile-values.js";

const SEED = 4711;
/** `npm test` asks for 3 000. */
const ROUNDS = Number(process.env.FUZZ_COUNT ?? 2_000) * 0.3;
const defaults = resolveOptions({}, {});

/** The same types as the defaults have, and nothing that Node's timers or counters cannot take. */
function expectOptions(options: object): void {
  expect(Object.keys(options)).toEqual(OPTION_NAMES);
  const wrong = Object.entries(options).filter(([name, value]) => {
    if (name === "redact" || name === "shouldTrace")
      return !["function", "undefined"].includes(typeof value);
    if (["registeredModelName", "spoolDirectory"].includes(name)) {
      return !["string", "undefined"].includes(typeof value);
    }
    if (name === "modules") return !(Array.isArray(value) && value.every(isObject));
    if (typeof value !== typeof defaults[name as keyof typeof defaults]) return true;
    if (typeof value === "number") return !(Number.isFinite(value) && value >= 0);
    return typeof value === "object" && !Object.values(value).every(isText);
  });
  expect(wrong).toEqual([]);
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;
const isText = (value: unknown) => typeof value === "string";

/** Options, or the error they are refused with. */
function resolved(resolve: () => object): object | MlflowException {
  try {
    return resolve();
  } catch (error) {
    return error as MlflowException;
  }
}

function expectEither(result: object | MlflowException): "taken" | "refused" {
  if (!(result instanceof MlflowException)) {
    expect(result).not.toBeInstanceOf(Error);
    expectOptions(result);
    return "taken";
  }
  expect(result.errorCode).toBe("INVALID_PARAMETER_VALUE");
  expect(result.message.length).toBeLessThan(1500);
  expect(result.message).not.toMatch(/\n/);
  return "refused";
}

afterAll(() => setSilent(false));

test("any value of an option is taken with its type, or refused with MLflow's error", {
  timeout: 60_000,
}, () => {
  const random = seeded(SEED);
  const counts = { taken: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const name = OPTION_NAMES[random(OPTION_NAMES.length)]!;
    const value = hostileValue(random, 2);
    counts[expectEither(resolved(() => resolveOptions({ [name]: value }, {})))] += 1;
  }
  expect(counts.taken).toBeGreaterThan(ROUNDS / 200);
  expect(counts.refused).toBeGreaterThan(ROUNDS / 6);
});

test("anything in place of the options is taken or refused", { timeout: 60_000 }, () => {
  const random = seeded(SEED + 1);
  const refused = Array.from({ length: ROUNDS }, () => hostileValue(random, 3)).filter(
    (value) => expectEither(resolved(() => resolveOptions(value as object, {}))) === "refused",
  );
  expect(refused.length).toBeGreaterThan(ROUNDS / 6);
});

test("any text of a variable is taken or refused, and with a listener never throws", {
  timeout: 60_000,
}, () => {
  setSilent(true);
  const random = seeded(SEED + 2);
  const names = OPTION_NAMES.flatMap((name) => describeOption(name).env ?? []);
  const counts = { taken: 0, refused: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const name = names[random(names.length)]!;
    const text = textOf(hostileValue(random, 1));
    const result = expectEither(resolved(() => resolveOptions({}, { [name]: text })));
    counts[result] += 1;
    const complaints: string[] = [];
    expectOptions(resolveOptions({}, { [name]: text }, (message) => complaints.push(message)));
    expect(complaints).toHaveLength(result === "refused" ? 1 : 0);
    const settings = readSettings({
      MLFLOW_HTTP_REQUEST_TIMEOUT: text,
      MLFLOW_TRACKING_INSECURE_TLS: text,
    });
    expect(settings.requestTimeoutMs).toBeGreaterThan(0);
    expect(settings.insecureTls).toEqual(expect.any(Boolean));
  }
  expect(counts.taken).toBeGreaterThan(ROUNDS / 30);
  expect(counts.refused).toBeGreaterThan(ROUNDS / 6);
});

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "";
  }
}
