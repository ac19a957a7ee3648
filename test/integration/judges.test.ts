import { RunnableLambda } from "@langchain/core/runnables";
import { genai, withSpan } from "langchain-mlflow";
import { expect, test } from "vitest";
import { ScriptedJudge, yes } from "../support/scripted-judge.js";
import { traced } from "../support/traces.js";

test.each([true, false])(
  "a judge is not part of a trace, and callbacks do not observe it (structured output: %s)",
  async (withTools) => {
    const model = new ScriptedJudge([yes(), yes(), yes()], { withTools });
    const judge = new genai.scorers.Safety({ model });
    const observed: string[] = [];
    const callbacks = [{ handleChatModelStart: () => void observed.push("judge") }];
    const chain = RunnableLambda.from(async (outputs: string) =>
      JSON.stringify(await judge.score({ outputs })),
    );
    const { traces, outcome } = await traced(async () => {
      const alone = await judge.score({ outputs: "alone" });
      const inChain = await chain.invoke("in a chain", { callbacks });
      const inSpan = await withSpan(() => judge.score({ outputs: "in a span" }));
      return [alone, JSON.parse(inChain), inSpan];
    });
    const yesWithTokens = {
      value: "yes",
      metadata: { "mlflow.assessment.judgeInputTokens": "100" },
    };
    expect(outcome.value).toMatchObject([yesWithTokens, yesWithTokens, yesWithTokens]);
    expect(traces.map(({ data }) => data.spans.length)).toEqual([1, 1]);
    expect(observed).toEqual([]);
  },
);
