import { wellFormedJson } from "../data/well-formed-json.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import type { ScorerVersion } from "../store/scorer-store.js";
import { defaultModelUri, modelId } from "./chat-model.js";
import type { AskingJudge } from "./judge-fields.js";
import type { SerializedScorer } from "./serialized-scorer.js";

interface Registration {
  readonly name?: string;
  readonly experimentId?: string;
}

/** Stores a judge as a new version of a scorer. */
export function registerScorer(
  judge: AskingJudge,
  { name = judge.name, experimentId }: Registration,
  serialize: (modelUri: string) => Promise<SerializedScorer>,
): Promise<ScorerVersion> {
  const work = async () => {
    const serialized = { ...(await serialize(modelUriOf(judge))), name };
    const destination = getPipeline().tracking.current();
    const id = experimentId ?? (await destination.experimentId());
    return destination.store.registerScorer(id, name, wellFormedJson(renamed(serialized, name)));
  };
  return hold(work(), ANSWER_TIMEOUT_MS);
}

/** Python creates a built-in scorer from these fields, of which the name is one. */
function renamed(serialized: SerializedScorer, name: string): SerializedScorer {
  const data = serialized.builtin_scorer_pydantic_data;
  return data ? { ...serialized, builtin_scorer_pydantic_data: { ...data, name } } : serialized;
}

/** Python's names of providers. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["azure_openai", "azure"],
  ["google-genai", "gemini"],
  ["google_genai", "gemini"],
  ["mistralai", "mistral"],
]);

function modelUriOf({ model = defaultModelUri() }: AskingJudge): string {
  if (typeof model === "string") return model;
  return modelId(model).replace(/^[^:]+/, (provider) => PROVIDERS.get(provider) ?? provider);
}
