import type { Difference } from "./compare.js";

/** A difference from Python's recording that is right, and why. */
export interface AllowedDifference {
  readonly path: RegExp;
  /** Narrows it further, where the path says too little. */
  readonly when?: (difference: Difference) => boolean;
  readonly reason: string;
}

/** Never allowed, whatever the list says: names, types, status, token usage, session. */
const PROTECTED = new RegExp(
  [
    "^state$",
    "^spans/[^/]+/(name|label|type|status)$",
    "/mlflow\\.chat\\.tokenUsage(/|$)",
    "^metadata/mlflow\\.trace\\.(tokenUsage|session)(/|$)",
    "^tags/mlflow\\.traceName$",
  ].join("|"),
);

const oursOnly = ({ golden }: Difference) => golden === undefined;
const goldenOnly = ({ ours }: Difference) => ours === undefined;
const roundsTheSame = ({ ours, golden }: Difference) =>
  typeof ours === "number" && typeof golden === "number" && Math.abs(ours - golden) < 1e-12;

/** Closed: an entry that explains no difference of any program fails the test. */
export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [
  // Which program ran where.
  {
    path: /^metadata\/mlflow\.source\.(name|git\.(branch|commit|repoURL))$/,
    reason: "another program in another place: its name, and whether it is in a git repository",
  },
  {
    path: /^tags\/mlflow\.artifactLocation$/,
    reason: "another experiment",
  },
  {
    path: /^metadata\/mlflow\.modelId$/,
    when: goldenOnly,
    reason: "Python's program loaded the agent from a logged model, ours calls it directly",
  },
  {
    path: /^metadata\/mlflow\.trace\.size(Stats\/(total_size_bytes|num_spans|max|p25|p50|p75)|Bytes)$/,
    when: ({ ours, golden }) => Number(ours) > 0 && Number(golden) > 0,
    reason: "the sizes of spans as OTLP, which is what is sent; Python's client counts its JSON",
  },
  {
    path: /^metadata\/mlflow\.trace\.cost\/total_cost$/,
    when: roundsTheSame,
    reason: "the server adds up the costs of the spans in the order in which it received them",
  },

  // What we record and Python does not.
  {
    path: /^spans\/[^/]+\/attributes\/langchain\.end$/,
    when: oursOnly,
    reason: "how the span ended: complete, cancelled, abandoned, …",
  },
  {
    path: /^spans\/[^/]+\/attributes\/langchain\.(first_token_ms|streamed_tokens)$/,
    when: oursOnly,
    reason: "the time of the first token and the number of tokens of a stream",
  },
  {
    path: /^spans\/[^/]+\/attributes\/(mlflow\.traceTag\.mlflow\.traceName|session\.id)$/,
    when: oursOnly,
    reason: "OTLP carries the trace's name and session on the root span",
  },
  {
    path: /^spans\/ChatOpenAI#\d+\/attributes\/mlflow\.spanOutputs\/choices\/0\/finish_reason$/,
    reason: "Python's is always null, which is wrong: the model says stop or tool_calls",
  },

  // What LangChain.js runs and LangChain for Python does not.
  {
    path: /^spans\/RunnableLambda#\d+$/,
    when: oursOnly,
    reason: "createAgent of LangChain.js runs its router as a step that callbacks are told of",
  },

  // Streams.
  {
    path: /^spans\/ChatOpenAI#\d+\/events\/\d+(\/attributes\/chunk)?$/,
    when: goldenOnly,
    reason: "the first token is an event, all of them only with logTokenEvents, and as text alone",
  },
  {
    path: /^spans\/ChatOpenAI#\d+\/events\/0\/attributes\/token$/,
    when: ({ golden }) => golden === "",
    reason: "Python's first token is the chunk that only names the role: it says nothing yet",
  },
  {
    path: /^spans\/StrOutputParser#1\/parent$/,
    when: ({ golden }) => golden === "ChatOpenAI#1",
    reason:
      "Python's generators leak their context in a synchronous stream; its own astream is right",
  },
  {
    path: /^spans\/[^/]+\/attributes\/defers_inputs$/,
    when: goldenOnly,
    reason:
      "LangChain.js does not tell whether the inputs of a streamed run are known at its start",
  },
  {
    path: /\/attributes\/mlflow\.spanInputs\/(response_metadata\/(prompt|completion)|chunk_position)$/,
    reason: "LangChain.js puts other fields in the last chunk of a stream",
  },
  {
    path: /\/mlflow\.spanInputs\/(type|tool_call_chunks|response_metadata\/(finish_reason|model_name|system_fingerprint))$/,
    reason: "LangChain.js hands the sum of the chunks on, Python makes a message of it",
  },

  // What LangChain.js hands over of a call to a model.
  {
    path: /\/attributes\/invocation_params\/(model_name|_type|stop)$/,
    when: goldenOnly,
    reason: "ChatOpenAI of LangChain.js does not name them",
  },
  {
    path: /\/attributes\/options\/stop$/,
    when: goldenOnly,
    reason: "LangChain.js leaves out what is not set",
  },
  {
    path: /\/(invocation_params\/tools|mlflow\.chat\.tools)\/\d+\/function\/parameters\/(\$schema|additionalProperties)$/,
    when: oursOnly,
    reason: "the JSON schema that zod writes says more than pydantic's",
  },
  {
    path: /\/attributes\/mlflow\.spanInputs\/messages\/0\/content$/,
    when: ({ ours }) =>
      JSON.stringify(ours) === '[{"type":"text","text":"You answer with tools."}]',
    reason: "createAgent of LangChain.js makes its system prompt of content blocks",
  },
  {
    path: /\/attributes\/metadata(\/(lc_)?versions)?$/,
    when: ({ ours, golden }) => ours === undefined || golden === undefined,
    reason:
      "each LangChain names its versions in its own way; Python's also names a retriever's parts",
  },

  // Messages.
  {
    path: /\/additional_kwargs\/(refusal|tool_calls)$/,
    reason: "ChatOpenAI of LangChain.js keeps the raw tool calls there, Python's an empty refusal",
  },
  {
    path: /\/response_metadata\/(token_usage|tokenUsage|usage|id|logprobs)$/,
    reason: "ChatOpenAI of LangChain.js keeps other fields of the provider's answer",
  },
  {
    path: /\/messages\/\d+\/name$/,
    when: ({ ours, golden }) => ours === "model" && golden === null,
    reason: "createAgent of LangChain.js names the messages of its model",
  },
  {
    path: /^spans\/tools#\d+\/attributes\/mlflow\.spanOutputs\/messages\/0\/id$/,
    when: ({ ours }) => ours === null,
    reason: "LangGraph.js gives a tool's message its id when the node has ended",
  },
  {
    path: /^responsePreview$/,
    when: ({ ours, golden }) =>
      /^It would take/.test(`${ours}`) && /^\{"messages": \[/.test(`${golden}`),
    reason: "Python's preview of a graph is the JSON of its messages; the last answer says more",
  },

  // Graphs.
  {
    path: /\/metadata\/langgraph_(node|triggers\/0|path\/1|checkpoint_ns)$/,
    when: ({ ours, golden }) => `${ours}`.replace("model_request", "model") === golden,
    reason: "createAgent of LangChain.js names its node model_request",
  },
  {
    path: /\/metadata\/checkpoint_ns$/,
    when: ({ ours, golden }) =>
      golden === undefined || `${ours}`.replace("model_request", "model") === golden,
    reason: "LangGraph.js tells it to nodes too, and names the agent's node model_request",
  },
  {
    path: /^spans\/tools#\d+\/attributes\/mlflow\.spanInputs$/,
    reason: "LangGraph.js hands the tool node the state and the call, Python the call alone",
  },

  // Tools.
  {
    path: /^spans\/(add|search|calculator)#\d+\/attributes\/color$/,
    when: goldenOnly,
    reason: "a colour for Python's console",
  },
  {
    path: /^spans\/add#\d+\/attributes\/tool_call_id$/,
    when: ({ ours, golden }) => ours === undefined && golden === null,
    reason: "LangChain.js leaves out what is not set",
  },

  // Errors.
  {
    path: /^spans\/[^/]+\/(statusMessage|events\/0\/attributes\/exception\.message)$/,
    when: ({ ours, golden }) => `Error code: ${ours}`.replace("400 ", "400 - ") === golden,
    reason: "OpenAI's clients word the same error differently",
  },
  {
    path: /^spans\/[^/]+\/events\/0\/attributes\/exception\.(type|stacktrace)$/,
    reason: "the classes of errors and the form of stack traces are the language's",
  },
];

/** The entry that explains a difference. */
export function allowedBy(
  difference: Difference,
  entries: readonly AllowedDifference[] = ALLOWED_DIFFERENCES,
): AllowedDifference | undefined {
  if (PROTECTED.test(difference.path)) return undefined;
  return entries.find(
    ({ path, when }) => path.test(difference.path) && (when?.(difference) ?? true),
  );
}
