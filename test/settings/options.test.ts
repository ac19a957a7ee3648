import { describe, expect, test } from "vitest";
import { MlflowException } from "../../src/base/errors.js";
import {
  describeOption,
  OPTION_NAMES,
  type OptionName,
  resolveOptions,
} from "../../src/settings/options.js";

const defaults = resolveOptions({}, {});
/** A function or a module cannot come from the environment. */
const NAMES_IN_ENVIRONMENT = OPTION_NAMES.filter(
  (name) => !["redact", "shouldTrace", "modules"].includes(name),
);
const envOf = (name: OptionName) => describeOption(name).env ?? "";

describe("options in code", () => {
  test("a missing option has its default", () => {
    for (const name of OPTION_NAMES) {
      expect(defaults[name]).toEqual(describeOption(name).defaultValue);
    }
    expect(resolveOptions({ silent: undefined } as never, {})).toEqual(defaults);
  });

  test("valid options are returned unchanged", () => {
    const options = {
      silent: true,
      samplingRatio: 0.5,
      exitTimeoutMs: 0,
      extraTags: { team: "search" },
    };
    expect(resolveOptions(options, {})).toEqual({ ...defaults, ...options });
  });

  test("have priority over the environment, one by one", () => {
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
    ["modules", {}, "takes a list of modules, which are objects, got {}"],
    ["modules", ["core"], "takes a list of modules, which are objects, got [ 'core' ]"],
    ["extraTags", null, "takes an object whose values are strings, got null"],
    ["registeredModelName", "a/b", "takes a name without / and :, got 'a/b'"],
    ["registeredModelName", "", "takes a name without / and :, got ''"],
    ["redact", "mask", "takes a function, got 'mask'"],
    ["redact", null, "takes a function, got null"],
  ])("%s: %s throws", (name, value, reason) => {
    const call = () => resolveOptions({ [name]: value }, {});
    expect(call).toThrow(MlflowException);
    expect(call).toThrow(
      expect.objectContaining({
        errorCode: "INVALID_PARAMETER_VALUE",
        message: `autolog() option \`${name}\` ${reason}.`,
      }),
    );
  });

  test("an unknown option throws an error with its name", () => {
    const call = () => resolveOptions({ logDatasets: true, log_traces: true } as never, {});
    expect(call).toThrow(
      /^autolog\(\) has no option `logDatasets`, `log_traces`\. Did you mean `logTraces`\? Options are: dis/,
    );
    expect(call).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
  });

  test.each([null, "silent", 1, true, [], () => {}])("%s is not an options object", (options) => {
    const call = () => resolveOptions(options as never, {});
    expect(call).toThrow(/^autolog\(\) takes an object of options, got /);
  });

  test("an error shows a part of a long value", () => {
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
  ])("%s: %j is parsed", (name, text, value) => {
    const env = { [envOf(name)]: text };
    expect(resolveOptions({}, env)).toEqual({ ...defaults, [name]: value });
  });

  test.each(NAMES_IN_ENVIRONMENT)("%s: an empty variable is ignored", (name) => {
    const env = envOf(name);
    expect(resolveOptions({}, { [env]: "" })).toEqual(defaults);
    expect(resolveOptions({}, { [env]: "  " })).toEqual(defaults);
  });

  // Every text is the name of a folder.
  test.each(NAMES_IN_ENVIRONMENT.filter((name) => name !== "spoolDirectory"))(
    "%s: an invalid variable throws, or is reported and the default is used",
    (name) => {
      const { defaultValue } = describeOption(name);
      const env = envOf(name);
      const wrong = { [env]: "[nonsense:" };
      const call = () => resolveOptions({}, wrong);
      expect(call).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
      const start = `The environment variable ${env} (option \`${name}\`) takes `;
      expect(call).toThrow(start);
      expect(call).toThrow("got '[nonsense:'.");

      const reported: string[] = [];
      const resolved = resolveOptions({}, wrong, (message) => reported.push(message));
      expect(resolved[name]).toEqual(defaultValue);
      expect(reported).toEqual([expect.stringContaining(start)]);
      expect(reported[0]).toMatch(/ The default is used: .+\.$/);
    },
  );

  test("an invalid variable is ignored if the option is set in code", () => {
    expect(resolveOptions({ silent: true }, { MLFLOW_LANGCHAIN_SILENT: "loud" }).silent).toBe(true);
  });

  test("a function cannot be set in the environment", () => {
    const redact = () => null;
    expect(resolveOptions({ redact }, {}).redact).toBe(redact);
    expect(resolveOptions({}, { MLFLOW_LANGCHAIN_REDACT: "x" }).redact).toBeUndefined();
    expect(describeOption("redact").env).toBeUndefined();
  });

  test("a variable has MLflow's name, else a name made from the option", () => {
    const names = NAMES_IN_ENVIRONMENT.map(envOf);
    expect(new Set(names).size).toBe(names.length);
    expect(describeOption("samplingRatio").env).toBe("MLFLOW_TRACE_SAMPLING_RATIO");
    expect(describeOption("traceTimeoutMs").env).toBe("MLFLOW_TRACE_TIMEOUT_SECONDS");
    expect(describeOption("maxQueueBytes").env).toBe("MLFLOW_LANGCHAIN_MAX_QUEUE_BYTES");
  });
});
