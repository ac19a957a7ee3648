import { createRequire } from "node:module";
import { join } from "node:path";
import { invalidParameter, MlflowException, messageOf } from "../base/errors.js";
import { attempt } from "../base/show.js";
import { judgeDefaultModel } from "../settings/runtime-variables.js";
import type { AskingJudge, JudgeChatModel } from "./judge-fields.js";
import { type JudgedFields, judgedData } from "./judged-data.js";
import type { PromptMessage } from "./prompt.js";

/** The part of a chat model that a judge uses. */
export interface Askable {
  invoke(messages: readonly PromptMessage[], options: object): Promise<unknown>;
  _llmType?(): string;
  withStructuredOutput?(schema: object, config: object): Omit<Askable, "withStructuredOutput">;
}

/** A model that a judge asks. */
export interface ResolvedModel {
  readonly model: Askable;
  /** `<provider>:/<model>`, the source of the feedback. */
  readonly id: string;
  /** What else decides the answer: parameters of the model. */
  readonly parameters: JudgedFields;
  /** Options of each call. */
  readonly callOptions: Readonly<Record<string, unknown>>;
}

const DEFAULT_MODEL = "openai:/gpt-4.1-mini";

/** The names of providers in MLflow that `initChatModel` spells otherwise. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["azure", "azure_openai"],
  ["gemini", "google-genai"],
  ["google", "google-genai"],
  ["mistral", "mistralai"],
  ["vertex_ai", "google-vertexai"],
  ["togetherai", "together"],
]);

/** Returns the model of a judge. A URI is resolved once for each judge. */
export function resolveModel(judge: AskingJudge): Promise<ResolvedModel> {
  const known = resolved.get(judge);
  if (known) return known;
  const { model = defaultModelUri() } = judge;
  const work = typeof model === "string" ? fromUri(model, judge) : fromInstance(model, judge);
  resolved.set(judge, work);
  // After a failure, the next row tries again.
  work.catch(() => resolved.delete(judge));
  return work;
}

const resolved = new WeakMap<object, Promise<ResolvedModel>>();

export function defaultModelUri(): string {
  return judgeDefaultModel() ?? DEFAULT_MODEL;
}

async function fromInstance(
  model: JudgeChatModel,
  { inferenceParams = {} }: AskingJudge,
): Promise<ResolvedModel> {
  if (!isAskable(model)) throw invalidParameter("`model` is not a chat model of LangChain.");
  return {
    model,
    id: modelId(model),
    parameters: { ...parametersOf(model), ...dataFields(inferenceParams) },
    callOptions: inferenceParams,
  };
}

function isAskable(model: object): model is Askable {
  return "invoke" in model && typeof model.invoke === "function";
}

/** `<provider>:/<model>` of a chat model. */
export function modelId(model: JudgeChatModel): string {
  const names = attempt(() => call(model, "getLsParams", {}));
  // Without the name of a model, the provider is only the name of the class.
  const isNamed = textField(names, "ls_model_name") !== undefined;
  const provider =
    (isNamed ? textField(names, "ls_provider") : undefined) ??
    textOf(attempt(() => call(model, "_llmType")))?.replace(/^chat-|-chat$/, "") ??
    "langchain";
  const name =
    textField(names, "ls_model_name") ??
    textField(model, "model") ??
    textField(model, "modelName") ??
    textField(field(model, "_defaultConfig"), "model") ??
    provider;
  return `${provider}:/${name}`;
}

/** The parameters that a chat model sends with each request. They have no credentials. */
function parametersOf(model: object): JudgedFields {
  return dataFields(attempt(() => call(model, "invocationParams", {})));
}

function dataFields(value: unknown): JudgedFields {
  const data = attempt(() => judgedData(value));
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as JudgedFields)
    : {};
}

function call(model: object, method: string, ...input: unknown[]): unknown {
  const found = field(model, method);
  return typeof found === "function" ? found.apply(model, input) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textField(value: unknown, name: string): string | undefined {
  return textOf(attempt(() => field(value, name)));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

type InitChatModel = (model: string, fields: object) => Promise<object>;

async function fromUri(uri: string, judge: AskingJudge): Promise<ResolvedModel> {
  const [, provider = "", name = ""] = /^([\w.-]+):\/+(.+)$/.exec(uri) ?? [];
  if (name === "") {
    throw invalidParameter(
      `The judge model "${uri}" is not a URI <provider>:/<model>, such as "${DEFAULT_MODEL}". Use this form, or pass a chat model of LangChain as \`model\`.`,
    );
  }
  const { inferenceParams = {} } = judge;
  const initChatModel = loadInitChatModel(uri);
  const fields = {
    modelProvider: PROVIDERS.get(provider) ?? provider,
    ...Object.fromEntries(
      Object.entries(inferenceParams).map(([key, value]) => [camelCase(key), value]),
    ),
    ...connectionFields(provider, judge),
  };
  const model = await initChatModel(name, fields).catch((cause) => {
    throw new MlflowException(
      `The judge model "${uri}" cannot be created: ${messageOf(cause)}. Install LangChain's package of the provider, or pass a chat model as \`model\`.`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  });
  if (!isAskable(model)) throw invalidParameter(`The judge model "${uri}" is not a chat model.`);
  return { model, id: uri, parameters: dataFields(inferenceParams), callOptions: {} };
}

/** The package is the app's, so it is looked up from the app's folder. */
function loadInitChatModel(uri: string): InitChatModel {
  const load = createRequire(join(process.cwd(), "package.json"));
  try {
    const { initChatModel } = load("langchain/chat_models/universal");
    return initChatModel;
  } catch (cause) {
    throw new MlflowException(
      `The judge model "${uri}" needs the package \`langchain\`, which is not installed in ${process.cwd()}. Run \`npm install langchain\` and LangChain's package of the provider, or pass a chat model as \`model\`.`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

/** Python's names of parameters, such as `max_tokens`, are accepted too. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The fields of LangChain's classes for the URL and the headers of requests. */
function connectionFields(
  provider: string,
  { baseUrl, extraHeaders }: AskingJudge,
): Readonly<Record<string, unknown>> {
  if (baseUrl === undefined && extraHeaders === undefined) return {};
  if (/^(openai|deepseek|xai|openrouter)$/.test(provider)) {
    const configuration = {
      ...(baseUrl !== undefined && { baseURL: baseUrl }),
      ...(extraHeaders && { defaultHeaders: extraHeaders }),
    };
    return { configuration };
  }
  if (provider === "anthropic") {
    return {
      ...(baseUrl !== undefined && { anthropicApiUrl: baseUrl }),
      ...(extraHeaders && { clientOptions: { defaultHeaders: extraHeaders } }),
    };
  }
  if (provider === "ollama") {
    return {
      ...(baseUrl !== undefined && { baseUrl }),
      ...(extraHeaders && { headers: extraHeaders }),
    };
  }
  throw invalidParameter(
    `\`baseUrl\` and \`extraHeaders\` are not supported for judge models of "${provider}". Pass a chat model as \`model\`.`,
  );
}
