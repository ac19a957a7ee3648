import { describe, expect, it, test } from "vitest";
import { ModelSignature } from "../../../src/models/signature/model-signature.js";
import { ParamSchema, type ParamSpec } from "../../../src/models/signature/param-schema.js";
import { type ColSpec, Schema } from "../../../src/models/signature/schema.js";
import { goldenMlModel } from "../../golden/golden-models.js";

const PROGRAMS = [
  "s1_log_models",
  "s2_agent",
  "s2_agent_graph",
  "s2_agent_str",
  "s4_llm",
  "s4_lst",
  "s4_df",
];

describe("a signature in an MLmodel file", () => {
  test.each(PROGRAMS)("that Python wrote for %s is written back identically", (program) => {
    const { signature } = goldenMlModel(program);
    expect(ModelSignature.fromDict(signature).toDict()).toEqual(signature);
  });

  it("supports every type of MLflow", () => {
    const signature = new ModelSignature({
      inputs: [
        { type: "string", name: "s" },
        { type: "long", name: "l", required: false },
        { type: "array", items: { type: "array", items: { type: "double" } }, name: "a" },
        {
          type: "object",
          properties: { z: { type: "datetime", required: false }, b: { type: "binary" } },
          name: "o",
        },
        { type: "map", values: { type: "integer" }, name: "m" },
        { type: "any", name: "x", required: false },
        { type: "sparkml_vector", name: "v" },
      ],
      outputs: [{ type: "boolean" }],
    });
    expect(signature.toDict()).toEqual({
      inputs:
        '[{"type": "string", "name": "s", "required": true}, {"type": "long", "name": "l", "required": false}, ' +
        '{"type": "array", "items": {"type": "array", "items": {"type": "double"}}, "name": "a", "required": true}, ' +
        '{"type": "object", "properties": {"b": {"type": "binary", "required": true}, ' +
        '"z": {"type": "datetime", "required": false}}, "name": "o", "required": true}, ' +
        '{"type": "map", "values": {"type": "integer"}, "name": "m", "required": true}, ' +
        '{"type": "any", "name": "x", "required": false}, ' +
        '{"type": "sparkml_vector", "name": "v", "required": true}]',
      outputs: '[{"type": "boolean", "required": true}]',
      params: null,
    });
    expect(ModelSignature.fromDict(signature.toDict())).toEqual(signature);
    expect(String(signature)).toBe(
      "inputs: \n  ['s': string (required), 'l': long (optional), 'a': Array(Array(double)) (required), " +
        "'o': {b: binary (required), z: datetime (optional)} (required), " +
        "'m': Map(str -> DataType.integer) (required), 'x': Any (optional), 'v': SparkML vector (required)]\n" +
        "outputs: \n  [boolean (required)]\nparams: \n  None\n",
    );
  });

  it("keeps tensors unchanged", () => {
    const text =
      '[{"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]';
    const schema = Schema.fromJson(text);
    expect(schema.toJson()).toBe(text);
    expect(schema.columns).toBeUndefined();
    expect(String(schema)).toBe("['x': Tensor('float32', (-1, 3))]");
  });

  it("sorts properties by name, also integer keys", () => {
    const properties = { "2": { type: "string" }, "10": { type: "string" } } as const;
    const text = new Schema([{ type: "object", properties, name: "o" }]).toJson();
    expect(text).toContain('"properties": {"10": {');
  });

  it("treats a property as required by default", () => {
    const inputs = '[{"type": "object", "properties": {"a": {"type": "string"}}, "name": "o"}]';
    const { inputs: schema } = ModelSignature.fromDict({ inputs });
    expect(String(schema)).toBe("['o': {a: string (required)} (required)]");
  });
});

describe("a schema that MLflow cannot read is refused", () => {
  const column = (type: object) => [{ ...type, name: "a" } as ColSpec];
  test.each<[string, readonly ColSpec[], string]>([
    ["no columns", [], "Creating Schema with empty inputs is not allowed."],
    [
      "some without a name",
      [{ type: "string", name: "a" }, { type: "string" }],
      "Creating Schema with a combination of named and unnamed inputs is not allowed. Got input names ['a', None]",
    ],
    [
      "optional without a name",
      [{ type: "string", required: false }],
      "Creating Schema with unnamed optional inputs is not supported. Please name all inputs or make all inputs required.",
    ],
    ["a type of no kind", column({ type: "text" }), "Unsupported type 'text'"],
    ["no type", column({}), "Missing keys in ColSpec JSON. Expected to find key `type`"],
    ["an array of nothing", column({ type: "array" }), "Missing keys in Array JSON."],
    [
      "an object without properties",
      column({ type: "object", properties: {} }),
      "Creating Object with empty properties is not allowed.",
    ],
    [
      "an item without a type",
      column({ type: "array", items: {} }),
      "Missing keys in Array's items JSON. Expected to find key `type`",
    ],
  ])("%s", (_what, inputs, message) => {
    const make = () => new Schema(inputs);
    expect(make).toThrow(expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }));
    expect(make).toThrow(message);
  });

  test("a text that is not JSON, or not a list", () => {
    expect(() => Schema.fromJson("{")).toThrow("A schema must be JSON, got '{'.");
    expect(() => Schema.fromJson("{}")).toThrow("A schema must be a JSON list, got '{}'.");
  });

  test("no schema", () => {
    expect(() => new ModelSignature({})).toThrow(
      "At least one of inputs, outputs or params must be provided",
    );
  });
});

describe("parameters", () => {
  it("are written as Python writes them", () => {
    const params = new ParamSchema([
      { name: "temperature", type: "double", default: 1 },
      { name: "stop", type: "string", default: ["a", "é"], shape: [-1] },
      { name: "since", type: "datetime", default: new Date("2024-01-02T03:04:05.678Z") },
      { name: "no_default", type: "long", default: null },
      { name: "o", type: "object", properties: { a: { type: "long" } }, default: { a: 1 } },
    ]);
    expect(params.toJson()).toBe(
      '[{"name": "temperature", "default": 1.0, "shape": null, "type": "double"}, ' +
        '{"name": "stop", "default": ["a", "\\u00e9"], "shape": [-1], "type": "string"}, ' +
        '{"name": "since", "default": "2024-01-02T03:04:05.678000", "shape": null, "type": "datetime"}, ' +
        '{"name": "no_default", "default": null, "shape": null, "type": "long"}, ' +
        '{"name": "o", "default": {"a": 1}, "shape": null, "type": "object", ' +
        '"properties": {"a": {"type": "long", "required": true}}}]',
    );
    expect(ParamSchema.fromJson(params.toJson())).toEqual(params);
    expect(String(params)).toContain("'stop': string (default: ['a', 'é']) (shape: (-1,))");
  });

  test.each<[string, readonly ParamSpec[], string]>([
    [
      "a default of another type",
      [{ name: "n", type: "long", default: "x" }],
      "Failed to validate type and shape for 'n': long (default: x), error: " +
        "Can not safely convert `<class 'str'>` to `DataType.long` for value `x`",
    ],
    [
      "a fraction for a whole number",
      [{ name: "n", type: "long", default: 1.5 }],
      "Can not safely convert `<class 'float'>` to `DataType.long` for value `1.5`",
    ],
    [
      "one value for a list",
      [{ name: "n", type: "long", default: 1, shape: [-1] }],
      "Value must be a 1D array with shape (-1,) for param 'n': long (default: 1) (shape: (-1,)), " +
        "received int with ndim 0",
    ],
    [
      "a list for one value",
      [{ name: "n", type: "long", default: [1] }],
      "Value must be a scalar for type `DataType.long`, got `[1]`",
    ],
    [
      "the same name twice",
      [
        { name: "n", type: "long", default: 1 },
        { name: "n", type: "long", default: 2 },
      ],
      "Duplicated parameters found in schema: ['n']",
    ],
    ["bytes", [{ name: "n", type: "binary", default: "x" }], "Binary type is not supported"],
    [
      "no default",
      [{ name: "n", type: "long" } as unknown as ParamSpec],
      "Missing keys in ParamSpec JSON.",
    ],
    ["an invalid date", [{ name: "n", type: "datetime", default: "yesterday" }], "got `yesterday`"],
  ])("%s is refused", (_what, specs, message) => {
    expect(() => new ParamSchema(specs)).toThrow(message);
  });

  test("Python's older `dtype` is read", () => {
    const { params } = ParamSchema.fromJson('[{"name": "n", "dtype": "long", "default": 1}]');
    expect(params).toEqual([{ name: "n", type: "long", default: 1, shape: null }]);
  });
});
