import { ROW_SCORER_KINDS, type ScorerFields } from "../scorers/scorer.js";
import type { OptionKinds } from "../settings/check-options.js";
import { dictionary, dictionaryOfTexts, type Kind, kindOf } from "../settings/kinds.js";

/** A chat model of LangChain, of any installed copy. */
export interface JudgeChatModel {
  readonly invoke: (...input: never[]) => Promise<unknown>;
}

/** A chat model, or a URI such as `openai:/gpt-4.1-mini`. */
export type JudgeModel = string | JudgeChatModel;

/** The options that every judge has. */
export interface JudgeOptions extends Partial<Omit<ScorerFields, "sessionLevel">> {
  /**
   * The model that judges: a chat model of LangChain, or a URI `<provider>:/<model>`. For a URI, `initChatModel` of the
   * app's package `langchain` creates the model. Default: the variable MLFLOW_GENAI_JUDGE_DEFAULT_MODEL, else
   * `openai:/gpt-4.1-mini`.
   */
  readonly model?: JudgeModel;
  /**
   * Parameters of the model. For a URI, fields of the chat model's constructor, such as `temperature` and `maxTokens`. For
   * a chat model, options of each call, such as `stop`; its temperature is set where it is created.
   */
  readonly inferenceParams?: Readonly<Record<string, unknown>>;
  /** Headers of the requests to the model. Only for a URI. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
}

/** The fields of a judge that asking its model needs. */
export interface AskingJudge {
  readonly name: string;
  readonly model?: JudgeModel;
  readonly inferenceParams?: Readonly<Record<string, unknown>>;
  readonly baseUrl?: string;
  readonly extraHeaders?: Readonly<Record<string, string>>;
}

const judgeModel: Kind<JudgeModel> = kindOf(
  'a chat model of LangChain, or a URI such as "openai:/gpt-4.1-mini"',
  (value) => {
    if (typeof value === "string") return /^[\w.-]+:\/+[^\s/].*$/.test(value);
    const isObject = typeof value === "object" && value !== null;
    return isObject && "invoke" in value && typeof value.invoke === "function";
  },
);

export const JUDGE_KINDS: OptionKinds<JudgeOptions> = {
  ...ROW_SCORER_KINDS,
  model: judgeModel,
  inferenceParams: dictionary,
  extraHeaders: dictionaryOfTexts,
};

/** A base URL of a provider's API. */
export const baseUrlKind: Kind<string> = kindOf(
  "a URL that starts with http:// or https://",
  (value) => typeof value === "string" && /^https?:\/\/[^\s]+$/.test(value),
);
