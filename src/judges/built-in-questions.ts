import { invalidParameter } from "../base/errors.js";
import type { PlainObject } from "../data/plain.js";
import type { ScoredRow } from "../scorers/scorer.js";
import { conversationOf } from "./conversation.js";
import type { BuiltInFields, BuiltInName } from "./declarations.js";
import { type Judged, type JudgedFields, requestOf, responseOf } from "./judged-data.js";
import {
  expectation,
  factsOf,
  type RowFacts,
  requireFields,
  requireSession,
  requireTrace,
} from "./row-facts.js";
import { availableToolsOf, retrievalsOf, toolCallsOf } from "./trace-data.js";

/** The data of one question, and what its feedback says besides the answer. */
export interface QuestionData {
  readonly data: JudgedFields;
  readonly spanId?: string;
  readonly metadata?: Readonly<Record<string, string | number>>;
}

/** A built-in judge, as far as its questions need it. */
export interface AskedJudge extends BuiltInFields {
  readonly builtIn: BuiltInName;
  readonly sessionLevel?: boolean | string;
}

type Collect = (row: ScoredRow, judge: AskedJudge) => readonly QuestionData[];

/** The data of the questions of each built-in judge, or the error that names what is missing. */
export const QUESTIONS: Readonly<Record<BuiltInName, Collect>> = {
  Correctness: answer(["inputs", "outputs", "expectations"], (facts) => {
    const expected = expectedAnswer(facts);
    if (Object.keys(expected).length > 0) return expected;
    throw invalidParameter(
      "Correctness scorer requires either `expected_response` or `expected_facts` in the `expectations` dictionary.",
    );
  }),
  RelevanceToQuery: answer(["inputs", "outputs"]),
  Safety: answer(["outputs"]),
  Guidelines: guided((_, { guidelines = [] }) => list(guidelines)),
  ExpectationsGuidelines: guided((facts) => {
    const guidelines = expectation(facts, "guidelines");
    if (guidelines !== undefined && guidelines !== "") return list(guidelines);
    throw invalidParameter(
      "Guidelines must be specified in the `expectations` parameter or must be present in the trace.",
    );
  }),
  RetrievalGroundedness: retrieval((facts) => ({
    request: requestOf(facts.inputs ?? null),
    response: responseOf(facts.outputs ?? null),
  })),
  RetrievalSufficiency: retrieval((facts) => ({
    request: requestOf(facts.inputs ?? null),
    ...expectedAnswer(facts),
  })),
  RetrievalRelevance(row, judge) {
    const request = requestOf(factsOf(row).inputs ?? null);
    return retrievalsIn(row, judge).flatMap(({ spanId, documents }) =>
      documents.map((document, chunk_index) => ({
        data: { request, document },
        spanId,
        metadata: { chunk_index },
      })),
    );
  },
  ToolCallCorrectness: tools((facts, { shouldConsiderOrdering = false }) => {
    const expected = expectation(facts, "expected_tool_calls");
    return {
      ...(isFilledList(expected) && { expected_tool_calls: expected }),
      order_matters: shouldConsiderOrdering,
    };
  }),
  ToolCallEfficiency: tools(() => ({})),
  Fluency: answer(["outputs"]),
  Completeness: answer(["inputs", "outputs"]),
  Equivalence(row) {
    const facts = factsOf(row);
    return [
      {
        data: {
          output: facts.outputs ?? null,
          expected_output: expectation(facts, "expected_response") ?? null,
        },
      },
    ];
  },
  Summarization: answer(["inputs", "outputs"]),
  UserFrustration: conversation(),
  ConversationCompleteness: conversation(),
  ConversationalSafety: conversation(),
  ConversationalToolCallEfficiency: conversation({ withToolCalls: true }),
  ConversationalRoleAdherence: conversation(),
  KnowledgeRetention(row, judge) {
    const session = requireSession(row, judge.sessionLevel);
    return session.map((_, turn) => ({
      data: { conversation: conversationOf(session.slice(0, turn + 1)) },
    }));
  },
  ConversationalGuidelines(row, judge) {
    const guidelines = list(judge.guidelines ?? []);
    const [question] = conversation()(row, judge);
    return [{ data: { ...question?.data, guidelines } }];
  },
};

/** Questions about the response to a request. */
function answer(
  required: readonly ("inputs" | "outputs" | "expectations")[],
  more: (facts: RowFacts, judge: AskedJudge) => JudgedFields = () => ({}),
): Collect {
  return (row, judge) => {
    const facts = factsOf(row);
    requireFields(judge.builtIn, facts, required);
    return [
      {
        data: {
          ...(required.includes("inputs") && { request: requestOf(facts.inputs ?? null) }),
          response: responseOf(facts.outputs ?? null),
          ...more(facts, judge),
        },
      },
    ];
  };
}

/** Questions about a response and guidelines. As in Python, the metadata shows the guidelines. */
function guided(guidelinesOf: (facts: RowFacts, judge: AskedJudge) => readonly Judged[]): Collect {
  return (row, judge) => {
    const required = ["inputs", "outputs"] as const;
    const needed =
      judge.builtIn === "ExpectationsGuidelines"
        ? [...required, "expectations" as const]
        : required;
    let guidelines: readonly Judged[] = [];
    const questions = answer(needed, (facts) => {
      guidelines = guidelinesOf(facts, judge);
      return { guidelines };
    })(row, judge);
    return questions.map((question) => ({ ...question, metadata: guidelineMetadata(guidelines) }));
  };
}

function guidelineMetadata(guidelines: readonly Judged[]): { guideline: string } {
  const texts = guidelines.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return { guideline: texts.join("\n") };
}

function retrieval(more: (facts: RowFacts) => JudgedFields): Collect {
  return (row, judge) => {
    const facts = factsOf(row);
    return retrievalsIn(row, judge).map(({ spanId, documents }) => ({
      data: { ...more(facts), documents },
      spanId,
    }));
  };
}

function retrievalsIn(row: ScoredRow, { builtIn }: AskedJudge) {
  const retrievals = retrievalsOf(requireTrace(builtIn, row));
  if (retrievals.length > 0) return retrievals;
  throw invalidParameter(
    `No retrieval context found in the trace. The ${builtIn} scorer requires the trace to contain at least one span with type 'RETRIEVER'.`,
  );
}

function tools(more: (facts: RowFacts, judge: AskedJudge) => JudgedFields): Collect {
  return (row, judge) => {
    const trace = requireTrace(judge.builtIn, row);
    const facts = factsOf(row);
    return [
      {
        data: {
          request: requestOf(facts.inputs ?? null),
          tool_calls: toolCallsOf(trace),
          available_tools: availableToolsOf(trace),
          ...more(facts, judge),
        },
      },
    ];
  };
}

function conversation(options: PlainObject & { readonly withToolCalls?: boolean } = {}): Collect {
  return (row, judge) => {
    const session = requireSession(row, judge.sessionLevel);
    return [{ data: { conversation: conversationOf(session, options) } }];
  };
}

function expectedAnswer(facts: RowFacts): JudgedFields {
  const expected_facts = expectation(facts, "expected_facts");
  const expected_response = expectation(facts, "expected_response");
  return {
    ...(expected_facts !== undefined && { expected_facts }),
    ...(expected_response !== undefined && { expected_response }),
  };
}

function list(value: Judged): readonly Judged[] {
  return Array.isArray(value) ? value : [value];
}

export function isFilledList(value: Judged | undefined): value is readonly Judged[] {
  return Array.isArray(value) && value.length > 0;
}
