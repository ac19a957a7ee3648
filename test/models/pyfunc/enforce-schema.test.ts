import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { enforceParams, enforceSchema } from "../../../src/models/pyfunc/enforce-signature.js";
import { createPyFuncModel } from "../../../src/models/pyfunc/pyfunc-model.js";
import { inferSignature } from "../../../src/models/signature/infer-signature.js";
import { ParamSchema } from "../../../src/models/signature/param-schema.js";
import { type ColSpec, Schema, type TensorSpec } from "../../../src/models/signature/schema.js";
import { readPredictionSettings } from "../../../src/settings/settings.js";

// What JSON can say is compared with Python's own answers in test/server/enforcement.test.ts.

const enforce = (input: unknown, columns: readonly (ColSpec | TensorSpec)[]) =>
  enforceSchema(input, new Schema(columns), { warn: () => {} });

describe("values that JSON cannot represent", () => {
  const when = new Date("2024-01-02T03:04:05Z");

  test("a Date is a datetime, alone, in a column, in a list and in an object", () => {
    expect(enforce(when, [{ type: "datetime" }])).toEqual([when]);
    expect(enforce({ a: when }, [{ type: "datetime", name: "a" }])).toEqual([{ a: when }]);
    const list: ColSpec = { type: "array", items: { type: "datetime" }, name: "a" };
    expect(enforce({ a: [when, null] }, [list])).toEqual([{ a: [when, null] }]);
    const properties = { at: { type: "datetime" } } as const;
    const object: ColSpec = { type: "object", properties, name: "a" };
    expect(enforce({ a: { at: when } }, [object])).toEqual([{ a: { at: when } }]);
  });

  test.each<[string, string]>([
    ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000Z"],
    ["2024-01-02T03:04:05.123456", "2024-01-02T03:04:05.123Z"],
    ["2024-01-02 03:04:05+09:00", "2024-01-01T18:04:05.000Z"],
    ["2024-01-02", "2024-01-02T00:00:00.000Z"],
  ])("the text %s is a datetime too: JSON has no other", (text, iso) => {
    expect(enforce({ a: text }, [{ type: "datetime", name: "a" }])).toEqual([{ a: new Date(iso) }]);
  });

  test.each([["yesterday"], ["2024-13-45"], [5], [true]])("%o is not a datetime", (value) => {
    expect(() => enforce({ a: value }, [{ type: "datetime", name: "a" }])).toThrow(
      /Failed to convert column a from type str to datetime|Can not safely convert (int64|bool) to datetime64\[ns\]/,
    );
  });

  test("bytes are binary", () => {
    const bytes = new Uint8Array([1, 2]);
    expect(enforce({ a: bytes }, [{ type: "binary", name: "a" }])).toEqual([{ a: bytes }]);
    expect(enforce(bytes, [{ type: "binary" }])).toEqual([bytes]);
    expect(() => enforce({ a: 5 }, [{ type: "binary", name: "a" }])).toThrow(
      "Incompatible input types for column a. Can not safely convert int64 to |S0.",
    );
  });

  test("a bigint is a long, a typed array is a list of numbers", () => {
    expect(enforce({ a: 5n }, [{ type: "long", name: "a" }])).toEqual([{ a: 5n }]);
    const list: ColSpec = { type: "array", items: { type: "double" }, name: "a" };
    expect(enforce({ a: new Float64Array([0.5]) }, [list])).toEqual([{ a: [0.5] }]);
  });

  test("a field that is undefined counts as missing", () => {
    const columns: ColSpec[] = [
      { type: "string", name: "a" },
      { type: "string", name: "b", required: false },
    ];
    expect(enforce({ a: "x", b: undefined, c: undefined }, columns)).toEqual([{ a: "x" }]);
    expect(() => enforce({ a: undefined }, columns)).toThrow("Model is missing inputs ['a'].");
  });

  test("a message is checked in its dump form, and passed unchanged", () => {
    const message = new HumanMessage("hi");
    const { inputs } = inferSignature({ messages: [message] }, "x");
    const rows = enforceSchema({ messages: [message] }, inputs as Schema, { warn: () => {} });
    expect(rows).toEqual([{ messages: [message] }]);
    expect((rows as { messages: unknown[] }[])[0]?.messages[0]).toBe(message);
  });

  test("a value that is not data is refused", () => {
    class Own {}
    expect(() => enforce(new Own(), [{ type: "string", name: "a" }])).toThrow(
      "Failed to enforce schema of data '<Own object>' with schema '['a': string (required)]'. " +
        "Error: Expected input to be DataFrame. Found: Own",
    );
  });
});

describe("all numbers have one JavaScript type", () => {
  test.each<[number, ColSpec["type"], boolean]>([
    [5, "integer", true],
    [5, "long", true],
    [5, "float", true],
    [5, "double", true],
    [2 ** 31, "integer", false],
    [2 ** 31, "long", true],
    [1.5, "integer", false],
    [1.5, "long", false],
    [1.5, "float", true],
    [1.5, "double", true],
  ])("%d for %s: %s", (value, type, fits) => {
    const call = () => enforce({ a: value }, [{ type, name: "a" } as ColSpec]);
    if (fits) expect(call()).toEqual([{ a: value }]);
    else expect(call).toThrow("Incompatible input types for column a. Can not safely convert");
  });
});

test("an input for tensors is passed unchanged", () => {
  const tensor: TensorSpec = { type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1] } };
  const input = { any: "thing" };
  expect(enforce(input, [tensor])).toBe(input);
});

test("for one unnamed column of objects or lists, each item is a row", () => {
  expect(enforce([[1], [2, 3]], [{ type: "array", items: { type: "long" } }])).toEqual([
    [1],
    [2, 3],
  ]);
  const object: ColSpec = { type: "object", properties: { a: { type: "string" } } };
  expect(enforce({ a: "x" }, [object])).toEqual([{ a: "x" }]);
  expect(enforce([{ a: "x" }, { a: "y" }], [object])).toEqual([{ a: "x" }, { a: "y" }]);
  expect(enforce({ a: 1, b: [{}] }, [{ type: "any" }])).toEqual([{ a: 1, b: [{}] }]);
  expect(enforce({ a: 1, b: 2 }, [{ type: "map", values: { type: "long" } }])).toEqual([
    { a: 1, b: 2 },
  ]);
});

test("the input is not changed", () => {
  const input = { a: { when: "2024-01-02", rest: [1] } };
  const copy = structuredClone(input);
  const properties = {
    when: { type: "datetime" },
    rest: { type: "array", items: { type: "any" } },
  } as const;
  const [row] = enforce(input, [{ type: "object", properties, name: "a" }]) as (typeof input)[];
  expect(row?.a.when).toEqual(new Date("2024-01-02"));
  expect(input).toEqual(copy);
});

test("a long input is cut in the error", () => {
  const input = { b: "x".repeat(100_000) };
  const call = () => enforce(input, [{ type: "string", name: "a" }]);
  expect(call).toThrow(/^Failed to enforce schema of data '\{'b': 'x{100,}…' with schema/);
  expect(call).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{0,3000}$/s) }));
});

describe("parameters", () => {
  const schema = new ParamSchema([
    { name: "temperature", type: "double", default: 0.1 },
    { name: "stop", type: "string", default: ["x"], shape: [-1] },
    { name: "n", type: "long", default: 1 },
  ]);
  const given = (params: unknown, known: ParamSchema | undefined = schema) => {
    const warnings: string[] = [];
    return { params: enforceParams(params, known, (message) => warnings.push(message)), warnings };
  };

  test("have the defaults of the schema, and its order", () => {
    expect(given(undefined).params).toEqual({ temperature: 0.1, stop: ["x"], n: 1 });
    expect(given({ n: 2, temperature: 1 }).params).toEqual({ temperature: 1, stop: ["x"], n: 2 });
    expect(given({ n: null }).params.n).toBeNull();
  });

  test("that are unknown are dropped with a warning", () => {
    expect(given({ top_p: 1, n: 2 })).toEqual({
      params: { temperature: 0.1, stop: ["x"], n: 2 },
      warnings: [
        "Unrecognized params ['top_p'] are ignored for inference. Supported params are: " +
          "{'temperature', 'stop', 'n'}. To enable them, please add corresponding schema in ModelSignature.",
      ],
    });
  });

  test("the error names all invalid parameters", () => {
    expect(() => given({ n: 1.5, stop: "x" })).toThrow(
      /^Invalid parameters found: \{\('stop', .*\), \('n', .*Can not safely convert `<class 'float'>`/,
    );
    expect(() => given([1])).toThrow("Parameters must be a dictionary. Got type 'list'.");
  });

  test("are ignored without a schema", () => {
    const none = (params: unknown) => {
      const warnings: string[] = [];
      expect(enforceParams(params, undefined, (message) => warnings.push(message))).toEqual({});
      return warnings.join();
    };
    expect(none(undefined)).toBe("");
    expect(none({})).toBe("");
    expect(none({ a: 1 })).toMatch(/Ignoring provided params: \['a'\]$/);
    expect(none("x")).toMatch(/Ignoring invalid params \(not a dictionary: str\)\.$/);
  });
});

test("a model has the text that Python prints", () => {
  const metadata = { runId: "abc", artifactPath: "model", modelId: "m-1" };
  const model = createPyFuncModel({ model: { invoke: () => 1 }, metadata });
  expect(String(model)).toBe(
    "mlflow.pyfunc.loaded_model:\n  artifact_path: model\n  flavor: langchain-mlflow\n  run_id: abc\n",
  );
  expect(model.metadata.modelId).toBe("m-1");
});

test("environment variables are read as in MLflow", () => {
  const settings = (hides?: string, converts?: string) =>
    readPredictionSettings({
      MLFLOW_DISABLE_SCHEMA_DETAILS: hides,
      MLFLOW_CONVERT_MESSAGES_DICT_FOR_LANGCHAIN: converts,
    });
  expect(settings()).toEqual({ hidesSchemaDetails: false, convertsMessages: undefined });
  expect(settings("true", "")).toEqual({ hidesSchemaDetails: true, convertsMessages: undefined });
  expect(settings("0", "False")).toEqual({ hidesSchemaDetails: false, convertsMessages: false });
  expect(settings("", "1")).toEqual({ hidesSchemaDetails: false, convertsMessages: true });
});
