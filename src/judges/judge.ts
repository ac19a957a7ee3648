import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { type ScoredRow, Scorer, type ScorerFields, type Scoring } from "../scorers/scorer.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, isDictionary } from "../settings/kinds.js";
import type { ScorerVersion } from "../store/scorer-store.js";
import type { AskingJudge, JudgeModel, JudgeOptions } from "./judge-fields.js";
import type { SerializedScorer } from "./serialized-scorer.js";

/** The options of {@link Judge.register}. */
export interface RegisterOptions {
  /** Default: the name of the judge. */
  readonly name?: string;
  /** Default: the active experiment. */
  readonly experimentId?: string;
}

const REGISTER: OptionKinds<RegisterOptions> = { name: filledText, experimentId: filledText };

/** What a judge that is called alone uses instead of an evaluation. */
function alone(): Scoring {
  return { signal: new AbortController().signal, withBackoff: (work) => work() };
}

/**
 * A scorer that asks a chat model. The call of the model is not traced. Its answer becomes feedback with the rationale,
 * the model as its source, and the tokens that were spent in its metadata. An answer that cannot be read is asked for once
 * more; if the second one cannot be read either, the feedback has an error, and the tokens of both calls. Mirrors
 * `mlflow.genai.judges.Judge`.
 */
export abstract class Judge<Score = unknown> extends Scorer implements AskingJudge {
  declare readonly model?: JudgeModel;
  declare readonly inferenceParams?: Readonly<Record<string, unknown>>;
  declare readonly baseUrl?: string;
  declare readonly extraHeaders?: Readonly<Record<string, string>>;

  constructor(fields: ScorerFields & JudgeOptions & { readonly baseUrl?: string }) {
    super(fields);
    const { model, inferenceParams, baseUrl, extraHeaders } = fields;
    if (baseUrl !== undefined || extraHeaders !== undefined) refuseForInstance(model);
    const given = { model, inferenceParams, baseUrl, extraHeaders };
    Object.assign(
      this,
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    );
  }

  /**
   * Judges one row. A field that is missing is read from the trace: the input and output of its root span, and its
   * expectations.
   *
   * @param scoring what an evaluation provides. Leave it out to call the judge alone.
   * @throws MlflowException INVALID_PARAMETER_VALUE if a field that the judge requires is missing, or if the model of a
   * URI cannot be created. An error of the model, or an answer that cannot be read, is an error of the feedback.
   * @example
   * const judge = new genai.scorers.Correctness({ model });
   * const feedback = await judge.score({ inputs, outputs, expectations: { expected_response: "Paris" } });
   */
  async score(row: ScoredRow, scoring: Scoring = alone()): Promise<Score> {
    return this.judge(readRow(row), scoring);
  }

  protected abstract judge(row: ScoredRow, scoring: Scoring): Promise<Score>;
  protected abstract serialize(modelUri: string | undefined): Promise<SerializedScorer>;

  /**
   * Registers the judge as a new version of the scorer with its name, so that MLflow's page "Judges" lists it, and Python's
   * `mlflow.genai.scorers.get_scorer` returns it. The model is stored as a URI. Mirrors `Scorer.register`.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or if the model has no URI;
   * RESOURCE_DOES_NOT_EXIST if the experiment does not exist; and the errors of the store.
   * @example
   * const { version } = await judge.register({ experimentId });
   */
  async register(options: RegisterOptions = {}): Promise<ScorerVersion> {
    const given = readOptions<RegisterOptions>("register()", options, REGISTER);
    const { registerScorer } = await import("./register-scorer.js");
    return registerScorer(this, given, (modelUri) => this.serialize(modelUri));
  }
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the value is not an object of fields, or cannot be read. */
function readRow(row: unknown): ScoredRow {
  const copy = isDictionary(row) ? attempt(() => ({ ...row })) : undefined;
  if (copy) return copy;
  throw invalidParameter(
    `score() takes an object { inputs, outputs, expectations, trace, session }, got ${show(row)}.`,
  );
}

function refuseForInstance(model: JudgeModel | undefined): void {
  if (typeof model !== "object") return;
  throw invalidParameter(
    "`baseUrl` and `extraHeaders` apply to a model URI. Set the URL and the headers of a chat model where it is created.",
  );
}
