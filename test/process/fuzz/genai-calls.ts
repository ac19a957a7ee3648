import { AIMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { genai } from "../../../src/index.js";
import type { Samples, ValidCall } from "./public-calls.js";

const { scorers } = genai;
const MODEL: Samples = ["openai:/gpt-4.1-mini", new FakeListChatModel({ responses: ["{}"] })];
const SCORER: Readonly<Record<string, Samples>> = {
  ...{ name: ["a"], description: ["what it scores"], timeout: [5, 0] },
  aggregations: [
    [
      "mean",
      function count(values: readonly number[]) {
        return values.length;
      },
    ],
  ],
  passIf: [() => true],
};
const JUDGE: Readonly<Record<string, Samples>> = {
  ...SCORER,
  ...{ model: MODEL, inferenceParams: [{ temperature: 0 }] },
};
/** For an URI only. */
const HEADERS: Readonly<Record<string, Samples>> = { extraHeaders: [{ team: "docs" }] };

type Options = Readonly<Record<string, Samples>>;

function constructors(
  common: Options,
  classes: Readonly<Record<string, Options>>,
  required: Readonly<Record<string, readonly string[]>> = {},
): Record<string, ValidCall> {
  return Object.fromEntries(
    Object.entries(classes).map(([name, own]) => [
      `new ${name}`,
      {
        args: {},
        options: { ...common, ...own },
        ...(required[name] && { required: required[name] }),
      },
    ]),
  );
}

const GUIDELINES: Options = { guidelines: ["be short", ["be short", "be kind"]] };
const TOOLS: Options = {
  ...{ mode: ["strict", "superset"], toolArguments: ["exact", "ignore"] },
};
const K: Options = { k: [3] };
const NAME: Samples = ["greeting"];
const VERSION: Samples = [1, "1"];
const DATA = [{ inputs: { question: "a" }, outputs: "b" }];
const RUN: Samples = ["0".repeat(32)];

const JUDGES = {
  ...{ Completeness: {}, Correctness: {}, Equivalence: {}, ExpectationsGuidelines: {} },
  ...{ Fluency: {}, RelevanceToQuery: {}, RetrievalGroundedness: {}, RetrievalRelevance: {} },
  ...{ RetrievalSufficiency: {}, Safety: {}, Summarization: {}, ToolCallEfficiency: {} },
  ...{ ConversationalRoleAdherence: {}, ConversationalSafety: {}, KnowledgeRetention: {} },
  ...{ ConversationalToolCallEfficiency: {}, ConversationCompleteness: {} },
  ...{ UserFrustration: {}, Guidelines: GUIDELINES, ConversationalGuidelines: GUIDELINES },
  ToolCallCorrectness: { shouldExactMatch: [true], shouldConsiderOrdering: [true] },
} satisfies Readonly<Record<string, Options>>;
const NEEDS_GUIDELINES = {
  Guidelines: ["guidelines"],
  ConversationalGuidelines: ["guidelines"],
};

/** Every judge can be registered. */
function registrations(): Record<string, ValidCall> {
  const given = { guidelines: "be short" };
  return Object.fromEntries(
    Object.keys(JUDGES).map((name): [string, ValidCall] => {
      const self = () => {
        const Judge = Reflect.get(scorers, name);
        const own = name in NEEDS_GUIDELINES ? given : {};
        return Reflect.construct(Judge, [{ model: "openai:/gpt-4.1-mini", ...own }]);
      };
      return [
        `${name}#register`,
        { args: {}, options: { name: ["a"], experimentId: ["0"] }, self },
      ];
    }),
  );
}

/** Valid calls of the functions for evaluation, judges and prompts. */
export const GENAI_CALLS: Readonly<Record<string, ValidCall>> = {
  ...constructors({ ...JUDGE, ...HEADERS }, JUDGES, NEEDS_GUIDELINES),
  ...registrations(),
  ...constructors(
    SCORER,
    {
      ...{ EditDistance: {}, ExactMatch: {}, IsJson: {}, Latency: {}, TokenCount: {} },
      Contains: { text: ["a", ["a", "b"]], mode: ["any"], caseInsensitive: [true] },
      MatchesSchema: { schema: [{ type: "object" }] },
      PIIDetection: { piiTypes: [["email"]] },
      RegexMatch: { pattern: ["a"], matchType: ["fullmatch"], caseInsensitive: [true] },
      ResponseLength: { maxLength: [5], minLength: [1], unit: ["words"] },
      ...{ RetrievalNdcg: K, RetrievalPrecision: K, RetrievalRecall: K },
      ...{ ToolCallMatch: TOOLS, TrajectoryMatch: TOOLS },
    },
    {
      ...{ Contains: ["text"], MatchesSchema: ["schema"], RegexMatch: ["pattern"] },
      ResponseLength: ["maxLength"],
    },
  ),
  "new Scorer": { args: { "object of options": [{ name: "a" }] } },
  "genai.scorers.getAllScorers": { args: {} },
  "genai.evaluate": {
    args: {},
    options: {
      ...{ data: [DATA], scorers: [[]], predictFn: [() => "b"], modelId: ["m-1"] },
      model: [{ invoke: () => new AIMessage("b") }, "models:/m-1"],
      ...{ qualityCriteria: ["latency >= 0"], numRepetitions: [1], maxConcurrency: [2] },
      ...{ scorerConcurrency: [2], cache: [false], cacheKey: ["1"], dryRun: [true] },
      ...{ runName: ["a"], runId: RUN, maxTokens: [5], maxCost: [1] },
      signal: [new AbortController().signal],
    },
    required: ["data", "scorers"],
  },
  "genai.compareEvaluations": {
    args: {},
    options: {
      ...{
        candidateRunId: RUN,
        baselineRunId: ["1".repeat(32)],
        greaterIsBetter: [{ latency: false }],
      },
      ...{ confidenceLevel: [0.9], logResults: [false] },
    },
    required: ["candidateRunId", "baselineRunId"],
  },
  "genai.makeJudge": {
    args: {},
    options: {
      ...{ ...JUDGE, ...HEADERS, instructions: ["Is {{ outputs }} polite?"] },
      ...{ feedbackValueType: ["boolean", ["a", "b"]], baseUrl: ["http://127.0.0.1:1"] },
      ...{ sessionLevel: ["episode"], includeTimingInConversation: [false] },
      generateRationaleFirst: [true],
    },
    required: ["name", "instructions"],
  },
  "genai.listScorers": { args: {}, options: { experimentId: ["0"], name: ["a"] } },
  "genai.getScorer": {
    args: {},
    options: { name: ["a"], experimentId: ["0"], version: [1] },
    required: ["name"],
  },
  "genai.deleteScorer": {
    args: {},
    options: { name: ["a"], experimentId: ["0"], version: [1, "all"] },
    required: ["name", "version"],
  },
  "genai.scorer": {
    args: { options: [{ name: "a" }, () => true], fn: [() => true] },
  },
  "genai.fromLangSmith": { args: { evaluator: [() => ({ key: "a", score: 1 })] } },
  "genai.registerPrompt": {
    args: {},
    options: {
      name: NAME,
      template: ["Hello {{name}}", [{ role: "user", content: "Hello {{name}}" }]],
      ...{ commitMessage: ["first"], tags: [{ a: "b" }], modelConfig: [{ temperature: 0 }] },
      responseFormat: [{ type: "object" }],
    },
    required: ["name", "template"],
  },
  "genai.loadPrompt": {
    args: { nameOrUri: ["greeting"] },
    options: {
      ...{ version: VERSION, allowMissing: [true], linkToModel: [false], modelId: ["m-1"] },
      cacheTtlSeconds: [0],
    },
  },
  "genai.fromLangChain": {
    args: { promptTemplate: [ChatPromptTemplate.fromMessages([["human", "{x}"]])] },
  },
  "genai.searchPrompts": {
    args: {},
    options: {
      ...{ filter: ["name = 'a'"], filterString: ["name = 'a'"] },
      ...{ maxResults: [5], orderBy: [["name ASC"]] },
    },
  },
  "genai.setPromptAlias": { args: { name: NAME, alias: ["live"], version: VERSION } },
  "genai.deletePromptAlias": { args: { name: NAME, alias: ["live"] } },
  "genai.getPromptTags": { args: { name: NAME } },
  "genai.setPromptModelConfig": {
    args: { name: NAME, version: VERSION, modelConfig: [{ temperature: 0 }] },
  },
  "genai.deletePromptModelConfig": { args: { name: NAME, version: VERSION } },
  "genai.setPromptTag": { args: { name: NAME, key: ["a"], value: ["b"] } },
  "genai.deletePromptTag": { args: { name: NAME, key: ["a"] } },
  "genai.setPromptVersionTag": {
    args: { name: NAME, version: VERSION, key: ["a"], value: ["b"] },
  },
  "genai.deletePromptVersionTag": { args: { name: NAME, version: VERSION, key: ["a"] } },
};
