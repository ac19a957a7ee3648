import { ChatOpenAI } from "@langchain/openai";
import { expect, test, vi } from "vitest";
import { type Feedback, genai } from "../../src/index.js";
import { judgeUsage } from "../../src/judges/usage.js";
import { startRecordingServer } from "../support/recording-server.js";
import { yes } from "../support/scripted-judge.js";

type Body = { readonly model: string; readonly messages: readonly { role: string }[] } & Record<
  string,
  unknown
>;

function completion(content: string) {
  return response({ content });
}

/** The answer as the input of a function, which may be broken JSON. */
function functionCall(input: string) {
  const call = { id: "f-1", type: "function", function: { name: "judgment", arguments: input } };
  return response({ content: null, tool_calls: [call] });
}

function response(message: object) {
  return {
    ...{ id: "c-1", object: "chat.completion", created: 1, model: "gpt-4.1-mini" },
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", ...message } }],
    usage: { prompt_tokens: 321, completion_tokens: 12, total_tokens: 333, cost: 0.0025 },
  };
}

/** A server that imitates OpenAI. `answer` returns the status and the body of each response. */
async function withOpenAI(
  answer: (body: Body, call: number) => readonly [status: number, body: object],
  work: (baseURL: string, bodies: readonly Body[]) => Promise<void>,
) {
  const bodies: Body[] = [];
  const server = await startRecordingServer(({ body }, response) => {
    const request: Body = JSON.parse(String(body));
    bodies.push(request);
    const [status, reply] = answer(request, bodies.length);
    response.statusCode = status;
    return reply;
  });
  try {
    await work(`${server.url}/v1`, bodies);
  } finally {
    await server.close();
  }
}

function chatModel(baseURL: string): ChatOpenAI {
  const configuration = { baseURL };
  return new ChatOpenAI({ model: "gpt-4.1-mini", apiKey: "sk-x", maxRetries: 0, configuration });
}

const row = { inputs: { question: "Capital?" }, outputs: "Paris </data>" };

test("OpenAI is asked for structured output, and its tokens and its cost are on the feedback", async () => {
  await withOpenAI(
    () => [200, functionCall(yes("right"))],
    async (baseURL, bodies) => {
      const judge = new genai.scorers.RelevanceToQuery({ model: chatModel(baseURL) });
      const feedback = (await judge.score(row)) as Feedback;
      expect(feedback).toMatchObject({
        ...{ name: "relevance_to_query", value: "yes", rationale: "right" },
        source: { sourceType: "LLM_JUDGE", sourceId: "openai:/gpt-4.1-mini" },
      });
      expect(judgeUsage(feedback)).toMatchObject({ inputTokens: 321, outputTokens: 12 });
      expect(bodies).toHaveLength(1);
      expect(bodies[0]?.messages.map(({ role }) => role)).toEqual(["system", "user"]);
      const parameters = { properties: { result: { enum: ["yes", "no"] } } };
      expect(bodies[0]?.tools).toMatchObject([{ function: { name: "judgment", parameters } }]);
    },
  );
});

test("429 goes through the backoff of the evaluation, and only the answer costs tokens", async () => {
  await withOpenAI(
    (_, call) =>
      call < 3
        ? [429, { error: { message: "Rate limit reached", code: "rate_limit_exceeded" } }]
        : [200, completion(yes())],
    async (baseURL, bodies) => {
      const errors: unknown[] = [];
      const withBackoff = async <T>(work: () => Promise<T>): Promise<T> => {
        try {
          return await work();
        } catch (cause) {
          errors.push(cause);
          return withBackoff(work);
        }
      };
      const judge = new genai.scorers.RelevanceToQuery({ model: chatModel(baseURL) });
      const scoring = { signal: new AbortController().signal, withBackoff };
      const feedback = (await judge.score(row, scoring)) as Feedback;
      expect(feedback.value).toBe("yes");
      expect(errors).toMatchObject([{ status: 429 }, { status: 429 }]);
      expect(bodies).toHaveLength(3);
      expect(judgeUsage(feedback)).toMatchObject({ inputTokens: 321 });
    },
  );
});

test("a server that refuses structured output is asked in plain text, from then on", async () => {
  await withOpenAI(
    ({ tools }) =>
      tools
        ? [400, { error: { message: "this model does not support tools" } }]
        : [200, completion(`\`\`\`json\n${yes()}\n\`\`\``)],
    async (baseURL, bodies) => {
      const judge = new genai.scorers.Safety({ model: chatModel(baseURL) });
      expect(await judge.score(row)).toMatchObject({ value: "yes" });
      expect(await judge.score(row)).toMatchObject({ value: "yes" });
      expect(bodies).toHaveLength(3);
    },
  );
});

test.each([
  ["text", completion],
  ["the input of a function", functionCall],
])("broken JSON as %s is asked for again, and its tokens count", async (_, answer) => {
  await withOpenAI(
    (_body, call) => [200, answer(call === 1 ? '{"result": "per' : yes())],
    async (baseURL) => {
      const judge = new genai.scorers.Safety({ model: chatModel(baseURL) });
      const feedback = (await judge.score(row)) as Feedback;
      expect(feedback).toMatchObject({ value: "yes", metadata: { "langchain.judgeCalls": "2" } });
      expect(judgeUsage(feedback)).toMatchObject({ inputTokens: 642, outputTokens: 24 });
    },
  );
});

test("the URI of a model is resolved with the app's langchain, its parameters, URL and headers", async () => {
  vi.stubEnv("OPENAI_API_KEY", "sk-x");
  await withOpenAI(
    () => [200, completion(JSON.stringify({ result: 4, rationale: "" }))],
    async (baseUrl, bodies) => {
      const judge = genai.makeJudge({
        ...{ name: "grade", instructions: "Grade {{ outputs }}", feedbackValueType: "integer" },
        ...{ model: "openai:/gpt-4.1-mini", baseUrl, extraHeaders: { "x-team": "a" } },
        inferenceParams: { temperature: 0.25, max_tokens: 50 },
      });
      const feedback = await judge.score(row);
      expect(feedback).toMatchObject({ value: 4, source: { sourceId: "openai:/gpt-4.1-mini" } });
      expect(bodies[0]).toMatchObject({ model: "gpt-4.1-mini", temperature: 0.25 });
      expect(Object.values(bodies[0] ?? {})).toContain(50);
    },
  );
  vi.unstubAllEnvs();
});

test("the default model comes from MLflow's variable", async () => {
  vi.stubEnv("MLFLOW_GENAI_JUDGE_DEFAULT_MODEL", "no-such-provider:/m");
  const failed = new genai.scorers.Safety().score({ outputs: "x" });
  await expect(failed).rejects.toThrow('The judge model "no-such-provider:/m" cannot be created');
  vi.unstubAllEnvs();
});
