import { describe, expect, test } from "vitest";
import { MlflowException } from "../../src/base/errors.js";
import { describeOption, OPTION_NAMES, type OptionName } from "../../src/settings/options.js";
import { resolveOptions } from "../../src/settings/resolve.js";

const defaults = resolveOptions({}, {});
/** A function cannot come from the environment. */
const NAMES_IN_ENVIRONMENT = OPTION_NAMES.filter((name) => name !== "redact");
const envOf = (name: OptionName) => describeOption(name).env ?? "";

describe("options in code", () => {
  test("what is not named has its default", () => {
    for (const name of OPTION_NAMES) {
      expect(defaults[name]).toEqual(describeOption(name).defaultValue);
    }
    expect(resolveOptions({ silent: undefined } as never, {})).toEqual(defaults);
  });

  test("right ones are taken as they are", () => {
    const options = {
      silent: true,
      samplingRatio: 0.5,
      exitTimeoutMs: 0,
      extraTags: { team: "search" },
    };
    expect(resolveOptions(options, {})).toEqual({ ...defaults, ...options });
  });

  test("they win over the environment, option by option", () => {
    const env = { MLFLOW_TRACE_SAMPLING_RATIO: "0.1", MLFLOW_LANGCHAIN_SILENT: "true" };
    expect(resolveOptions({ samplingRatio: 0.9 }, env)).toMatchObject({
      samplingRatio: 0.9,
      silent: true,
    });
  });

  test.each<[OptionName, unknown, string]>([
    ["silent", "true", "takes true or false, got 'true'"],
    ["silent", 1, "takes true or false, got 1"],
    ["silent", null, "takes true or false, got null"],
    ["samplingRatio", "0.5", "takes a number from 0 to 1, got '0.5'"],
    ["samplingRatio", Number.NaN, "takes a number from 0 to 1, got NaN"],
    ["samplingRatio", -0.1, "takes a number from 0 to 1, got -0.1"],
    ["samplingRatio", 1.1, "takes a number from 0 to 1, got 1.1"],
    ["samplingRatio", true, "takes a number from 0 to 1, got true"],
    ["maxBatchTraces", 0, "takes a whole number from 1 up, got 0"],
    ["maxBatchTraces", 1.5, "takes a whole number from 1 up, got 1.5"],
    ["maxBatchTraces", [5], "takes a whole number from 1 up, got [ 5 ]"],
    ["maxBatchTraces", new Date(0), "takes a whole number from 1 up, got 1970-01-01T00:00:00.000Z"],
    ["maxQueueBytes", Number.POSITIVE_INFINITY, "takes a whole number from 1 up, got Infinity"],
    ["exitTimeoutMs", -1, "takes a whole number from 0 to 2147483647, got -1"],
    ["flushIntervalMs", 2 ** 31, "takes a whole number from 1 to 2147483647, got 2147483648"],
    ["extraTags", '{"a":"b"}', `takes an object whose values are strings, got '{"a":"b"}'`],
    ["extraTags", { a: 1 }, "takes an object whose values are strings, got { a: 1 }"],
    ["extraTags", ["a"], "takes an object whose values are strings, got [ 'a' ]"],
    ["extraTags", null, "takes an object whose values are strings, got null"],
    ["registeredModelName", "a/b", "takes a name without / and :, got 'a/b'"],
    ["registeredModelName", "", "takes a name without / and :, got ''"],
    ["redact", "mask", "takes a function, got 'mask'"],
    ["redact", null, "takes a function, got null"],
  ])("%s: %s is refused", (name, value, reason) => {
    const call = () => resolveOptions({ [name]: value }, {});
    expect(call).toThrow(MlflowException);
    expect(call).toThrow(
      expect.objectContaining({
        errorCode: "INVALID_PARAMETER_VALUE",
        message: `autolog() option \`${name}\` ${reason}.`,
      }),
    );
  });

  test("an option that is not known is refused by name", () => {
    const call = () => resolveOptions({ logDatasets: true, log_traces: true } as never, {});
    expect(call).toThrow(
      /^autolog\(\) has no option `logDatasets`, `log_traces`\. Options are: dis/,
    );
    expect(call).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
  });

  test.each([null, "silent", 1, true, [], () => {}])("%s is no options object", (options) => {
    const call = () => resolveOptions(options as never, {});
    expect(call).toThrow(/^autolog\(\) takes an object of options, got /);
  });

  test("a long wrong value is shown in part", () => {
    const call = () => resolveOptions({ silent: "x".repeat(10_000) as never }, {});
    expect(call).toThrow(/^.{100,250}$/);
  });
});

describe("options in the environment", () => {
  test.each<[OptionName, string, unknown]>([
    ["silent", "TRUE", true],
    ["silent", "1", true],
    ["logTraces", "false", false],
    ["logTraces", "0", false],
    ["logModels", "true", true],
    ["registeredModelName", "translator", "translator"],
    ["samplingRatio", "0.25", 0.25],
    ["samplingRatio", " 0 ", 0],
    ["maxQueueBytes", "1e6", 1_000_000],
    ["flushIntervalMs", "250", 250],
    ["extraTags", '{"team":"search"}', { team: "search" }],
    ["traceTimeoutMs", "1.5", 1500],
  ])("%s: %j is read", (name, text, value) => {
    const env = { [envOf(name)]: text };
    expect(resolveOptions({}, env)).toEqual({ ...defaults, [name]: value });
  });

  test.each(NAMES_IN_ENVIRONMENT)("%s: an empty variable counts as unset", (name) => {
    const env = envOf(name);
    expect(resolveOptions({}, { [env]: "" })).toEqual(defaults);
    expect(resolveOptions({}, { [env]: "  " })).toEqual(defaults);
  });

  test.each(NAMES_IN_ENVIRONMENT)(
    "%s: a wrong variable throws, or is reported and the default is used",
    (name) => {
      const { defaultValue } = describeOption(name);
      const env = envOf(name);
      const wrong = { [env]: "[nonsense:" };
      const call = () => resolveOptions({}, wrong);
      expect(call).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
      const start = `The environment variable ${env} (option \`${name}\`) takes `;
      expect(call).toThrow(start);
      expect(call).toThrow("got '[nonsense:'.");

      const told: string[] = [];
      const resolved = resolveOptions({}, wrong, (message) => told.push(message));
      expect(resolved[name]).toEqual(defaultValue);
      expect(told).toEqual([expect.stringContaining(start)]);
      expect(told[0]).toMatch(/ The default is used: .+\.$/);
    },
  );

  test("a wrong variable does not matter where the option is named in code", () => {
    expect(resolveOptions({ silent: true }, { MLFLOW_LANGCHAIN_SILENT: "loud" }).silent).toBe(true);
  });

  test("a function is taken from code alone", () => {
    const redact = () => null;
    expect(resolveOptions({ redact }, {}).redact).toBe(redact);
    expect(resolveOptions({}, { MLFLOW_LANGCHAIN_REDACT: "x" }).redact).toBeUndefined();
    expect(describeOption("redact").env).toBeUndefined();
  });

  test("names are MLflow's own where it has one, else made from the option's", () => {
    const names = NAMES_IN_ENVIRONMENT.map(envOf);
    expect(new Set(names).size).toBe(names.length);
    expect(describeOption("samplingRatio").env).toBe("MLFLOW_TRACE_SAMPLING_RATIO");
    expect(describeOption("traceTimeoutMs").env).toBe("MLFLOW_TRACE_TIMEOUT_SECONDS");
    expect(describeOption("maxQueueBytes").env).toBe("MLFLOW_LANGCHAIN_MAX_QUEUE_BYTES");
  });
});
