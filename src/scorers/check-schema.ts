import { invalidParameter, messageOf } from "../base/errors.js";

/** How many problems a rationale lists. */
const MAX_PROBLEMS = 5;

interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
}

interface Checked {
  readonly issues?: readonly Issue[] | undefined;
  /** zod 3 before it had Standard Schema. */
  readonly error?: { readonly issues: readonly Issue[] };
}

/** Returns what is wrong with data, with its place. Empty if the data matches the schema. */
export async function problemsOf(schema: object, data: unknown): Promise<string[]> {
  const check = checkOf(schema);
  const problems = check ? await ofLibrary(check, data) : await ofJsonSchema(schema, data);
  return problems.slice(0, MAX_PROBLEMS);
}

type Check = (data: unknown) => Checked | Promise<Checked>;

/** The function of a schema that checks a value: of Standard Schema, or of zod 3. Undefined for a JSON schema. */
function checkOf(schema: object): Check | undefined {
  const standard: unknown = "~standard" in schema ? schema["~standard"] : undefined;
  if (typeof standard === "object" && standard !== null && "validate" in standard) {
    const { validate } = standard as { readonly validate: Check };
    return (data) => validate(data);
  }
  if (!("safeParseAsync" in schema)) return undefined;
  const zod = schema as { readonly safeParseAsync: Check };
  return (data) => zod.safeParseAsync(data);
}

async function ofLibrary(check: Check, data: unknown): Promise<string[]> {
  const { issues, error } = await check(data);
  return (issues ?? error?.issues ?? []).map(({ message, path = [] }) => {
    const names = path.map((part) =>
      String(typeof part === "object" && part !== null && "key" in part ? part.key : part),
    );
    return names.length > 0 ? `${names.join(".")}: ${message}` : message;
  });
}

/** LangChain brings a complete validator of JSON Schema. */
async function ofJsonSchema(schema: object, data: unknown): Promise<string[]> {
  const { Validator } = await import("@langchain/core/utils/json_schema");
  if (Validator === undefined) {
    throw invalidParameter(
      "MatchesSchema with a JSON schema requires a newer @langchain/core. Pass a zod schema instead, or update it.",
    );
  }
  try {
    const { errors } = new Validator(schema, "2020-12", false).validate(data);
    // The error of a field comes after that of the object around it, which only repeats it.
    const own = errors.filter(({ keyword }) => keyword !== "properties" && keyword !== "items");
    return (own.length > 0 ? own : errors).map(({ instanceLocation, error }) => {
      const place = instanceLocation.replace(/^#\/?/, "").replaceAll("/", ".");
      return place === "" ? error : `${place}: ${error}`;
    });
  } catch (cause) {
    throw invalidParameter(`MatchesSchema cannot use its JSON schema: ${messageOf(cause)}`);
  }
}
