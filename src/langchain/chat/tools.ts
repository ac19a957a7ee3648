import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

/**
 * Converts the tools that a provider receives to OpenAI's form, the only one that MLflow's UI lists. A built-in tool
 * of the provider, which has no name and no parameters of its own, is listed by its type.
 */
export function toChatTools(tools: Plain | undefined): readonly PlainObject[] | undefined {
  if (!isPlainArray(tools)) return undefined;
  const converted = tools.filter(isPlainObject).flatMap(definitionsOf).map(toChatTool);
  return converted.length > 0 ? converted : undefined;
}

interface Definition {
  readonly name: Plain;
  readonly description: Plain | undefined;
  readonly parameters: Plain | undefined;
  readonly strict: Plain | undefined;
}

/** The tools of one entry. An entry of Gemini's may have several. */
function definitionsOf(tool: PlainObject): readonly Definition[] {
  const declared = tool.functionDeclarations ?? tool.function_declarations;
  if (isPlainArray(declared)) return declared.filter(isPlainObject).map((one) => read(one, tool));
  const inner = [tool.function, tool.toolSpec].find(isPlainObject) ?? tool;
  return [read(inner, tool)];
}

function read(inner: PlainObject, tool: PlainObject): Definition {
  const { name, description, strict } = inner;
  return {
    name: typeof name === "string" ? name : typeOf(tool),
    description,
    parameters: parametersOf(inner),
    strict,
  };
}

/** The JSON schema of the arguments, by the name that each provider gives to it. */
function parametersOf(inner: PlainObject): Plain | undefined {
  const { inputSchema } = inner;
  const bedrock = isPlainObject(inputSchema) ? (inputSchema.json ?? inputSchema) : undefined;
  const named = [inner.parameters, inner.parametersJsonSchema, inner.input_schema, bedrock];
  return named.find(isPlainObject);
}

/** The type of a built-in tool. Gemini and Bedrock have no `type`: the only field is named after it. */
function typeOf(tool: PlainObject): string {
  return typeof tool.type === "string" ? tool.type : (Object.keys(tool)[0] ?? "[missing name]");
}

function toChatTool({ name, description, parameters, strict }: Definition): PlainObject {
  return {
    type: "function",
    function: {
      name,
      ...(typeof description === "string" ? { description } : {}),
      ...(isPlainObject(parameters) ? { parameters: withPlainTypes(parameters) } : {}),
      ...(typeof strict === "boolean" ? { strict } : {}),
    },
  };
}

/** MLflow's UI lists no tool at all if the type of one parameter is a list of types. */
function withPlainTypes(parameters: PlainObject): PlainObject {
  const { properties } = parameters;
  if (!isPlainObject(properties)) return parameters;
  const entries = Object.entries(properties);
  if (!entries.some(([, schema]) => hasTypes(schema))) return parameters;
  const plain = entries.map(([name, schema]) => [name, withPlainType(schema)]);
  return { ...parameters, properties: Object.fromEntries(plain) };
}

function hasTypes(schema: Plain | undefined): boolean {
  return isPlainObject(schema) && isPlainArray(schema.type);
}

function withPlainType(schema: Plain | undefined): Plain | undefined {
  if (!isPlainObject(schema) || !isPlainArray(schema.type)) return schema;
  const { type, ...rest } = schema;
  return { ...rest, anyOf: type.map((one) => ({ type: one })) };
}
