import { expect, test } from "vitest";
import { isCore03 } from "../support/core-version.js";
import { record } from "../support/traces.js";

/** The types of core 0.3 do not have decision models. */
interface Decisions {
  readonly BaseDecisionModel: new (fields: {
    model: string;
  }) => {
    invoke(input: object): Promise<object>;
  };
}

const MODULE = "@langchain/core/decisions";

test.skipIf(isCore03)(
  "a decision model is a model span with usage and the name of its model",
  async () => {
    const { BaseDecisionModel } = (await import(MODULE)) as Decisions;
    const usage_metadata = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    class Deciding extends BaseDecisionModel {
      readonly lc_namespace = ["tests"];
      readonly _provider = "some-provider";
      async _classify() {
        return {
          answers: { polite: { type: "noul", probability: 0.9 } },
          model: "m-1",
          usage_metadata,
        };
      }
    }
    const model = new Deciding({ model: "m-1" });
    const { trace, outcome } = await record(() =>
      model.invoke({
        state: "please",
        questions: { polite: { type: "noul", instructions: "Is it polite?" } },
      }),
    );
    expect(outcome.kind).toBe("returned");
    const [span] = trace.data.spans;
    expect(span?.status.code).toBe("OK");
    expect(span?.spanType).toBe("LLM");
    expect(span?.attributes).toMatchObject({
      "mlflow.llm.model": "m-1",
      "mlflow.llm.provider": "some-provider",
      "mlflow.chat.tokenUsage": usage_metadata,
    });
    expect(JSON.parse(trace.info.traceMetadata["mlflow.trace.tokenUsage"] ?? "")).toEqual(
      usage_metadata,
    );
  },
);
