import type { Difference } from "../golden/compare.js";

/** A difference from what Python's handler logged that is right, and why. */
export interface AllowedDifference {
  readonly path: RegExp;
  /** Default: all. */
  readonly programs?: readonly string[];
  readonly when?: (difference: Difference) => boolean;
  readonly reason: string;
}

const oursOnly = ({ golden }: Difference) => golden === undefined;
const goldenOnly = ({ ours }: Difference) => ours === undefined;
const oneOfTwo = (difference: Difference) => oursOnly(difference) || goldenOnly(difference);
const startsAlike = ({ ours, golden }: Difference) =>
  String(ours).slice(0, 10) === String(golden).slice(0, 10);
const isNullThere = ({ path, ours, golden }: Difference) =>
  ours === undefined && (golden === null || path.startsWith("columns/"));

/** Closed: an entry that explains no difference of any program fails the test. */
export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [
  // What Python's handler does wrong.
  {
    path: /^files\/(cb\/)?chain_start_\d+\.json$/,
    when: oursOnly,
    reason:
      "Python's handler fails at the start of an object without a serialized form, such as a sequence",
  },
  {
    path: /^columns\/.*action_records.html\/inputs$/,
    when: oursOnly,
    reason: "so there none of the chain's starts is in the table",
  },
  {
    path: /^records\/.*llm_end_.*\/(text|type|generation_info.*|message_.*)$/,
    when: oursOnly,
    reason: "Python forgets the generation in its file, and has it in the tables only",
  },
  {
    path: /^records\/.*llm_end_.*\/([a-z]+_)*(ease|grade|index|score|words|formula|fog|huerta|pazos|polini|crawford|osman)$/,
    when: oursOnly,
    reason: "the text metrics go with the generation",
  },
  {
    path: /^(metrics|records\/chain_end_\d.json)\/(errors|step)$/,
    programs: ["error"],
    reason: "Python counts errors and does not log that they have happened",
  },
  {
    path: /^(files|columns\/table_action_records.html)\/(llm_error_1.json|chain_error_2.json|error|error_type)$/,
    programs: ["error"],
    when: oursOnly,
    reason: "an error is a record of its own",
  },
  {
    path: /^files\/(chat_html.html|table_session_analysis.html)$/,
    programs: ["error"],
    when: oursOnly,
    reason: "Python's flush_tracker fails after an error of a model",
  },
  {
    path: /^run\/status$/,
    reason:
      "Python's handler leaves its run RUNNING for ever; ours ends it, and a run that was given stays as it is",
  },

  // What is left out, and what is there beside.
  {
    path: /^files\/(cb\/)?(dep|ent)-[0-9a-f]{40}\.html$/,
    when: goldenOnly,
    reason: "the pictures need a language model that JavaScript has no equal to",
  },
  {
    path: /^columns\/.*\/(dependency_tree|entities)$/,
    when: goldenOnly,
    reason: "the pictures need a language model that JavaScript has no equal to",
  },
  {
    path: /^files\/(cb\/)?table_(action_records|session_analysis)\.json$/,
    when: oursOnly,
    reason: "the tables as MLflow's own, which its UI shows",
  },
  {
    path: /^tags\/mlflow\.(user|source\..*|loggedArtifacts)$/,
    reason: "a run of ours says who made it from what, as MLflow's client does",
  },
  {
    path: /^(metrics|columns\/.*)\/token_usage_(total|prompt|completion)_tokens$/,
    when: oursOnly,
    reason:
      "token usage is a metric too, and also known for streams and for models that report it in the message only",
  },
  {
    path: /^tags\/mlflow\.runName$/,
    reason: "a random end, and the name of the run that was given",
  },

  // Tokens.
  {
    path: /^files\/llm_new_tokens_[2-9]\.json$/,
    programs: ["stream"],
    when: goldenOnly,
    reason: "the tokens of one generation are in one file",
  },
  {
    path: /^(records\/llm_new_tokens_1.json|columns\/table_action_records.html)\/tokens?$/,
    programs: ["stream"],
    reason: "the tokens of one generation are in one file",
  },

  // LangChain.js and LangChain.py.
  {
    path: /^files\/on_text_\d\.json$/,
    programs: ["agent"],
    when: goldenOnly,
    reason: "LangChain.js's chains do not emit the text of their prompts",
  },
  {
    path: /^(metrics|records\/[^/]+)\/(step|text_ctr)$/,
    programs: ["agent"],
    reason:
      "LangChain.js's chains do not emit the text of their prompts: these events do not count",
  },
  {
    path: /^records\/llm_start_\d_prompt_0.json\/prompt$/,
    programs: ["agent"],
    when: startsAlike,
    reason: "LangChain.js describes tools in other words in the agent's prompt",
  },
  {
    path: /^records\/llm_end_\d_generation_0.json\/token_usage_(total|prompt)_tokens$/,
    programs: ["agent"],
    reason: "LangChain.js describes tools in other words in the agent's prompt",
  },
  {
    path: /^records\/.*chain_end_1.json\/outputs$/,
    when: startsAlike,
    reason: "messages are written as JSON, not as Python writes objects",
  },
  {
    path: /^records\/.*chain_start_2.json\/(id|kwargs_messages)$/,
    reason: "the packages of LangChain.js have names of their own, and its prompts no `name`",
  },
  {
    path: /^records\/.*chain_start_2.json\/kwargs_input_variables$/,
    reason: "LangChain.js names the variables in the order in which they come",
  },
  {
    path: /^records\/chain_start_2.json\/inputs$/,
    programs: ["chain"],
    reason: "the example's chain has one variable, the golden one three",
  },
  {
    path: /^(records\/llm_start_[^/]+|columns\/[^/]+)\/kwargs_(model|model_name)$/,
    when: oneOfTwo,
    reason: "ChatOpenAI of LangChain.js calls its model `model`",
  },
  {
    path: /^(records\/llm_start_[^/]+|columns\/[^/]+)\/kwargs_(openai_api_base|openai_proxy|output_version)$/,
    when: goldenOnly,
    reason: "options that ChatOpenAI of LangChain.js does not have, or does not serialize",
  },
  {
    path: /^(records\/tool_start_\d.json|columns\/[^/]+)\/(description|lc|type|id)$/,
    programs: ["agent"],
    reason: "LangChain.js serializes the class of a tool, and not its description",
  },
  {
    path: /^columns\/.*action_records.html\/(message|generation_info)(_.*)?$/,
    when: oneOfTwo,
    reason: "messages of LangChain.js have other fields beside their content",
  },
  {
    path: /^columns\/.*action_records.html\/kwargs_(first|middle|last|prompt|llm)(_.*)?$/,
    when: oursOnly,
    reason: "the serialized forms of sequences and chains",
  },
  {
    path: /\/(service_tier|token_usage_prompt_tokens_details_cache_write_tokens)$/,
    when: isNullThere,
    reason: "Python's client names fields that the server did not return",
  },
  {
    path: /^records\/llm_end_[^/]+\/id$/,
    when: startsAlike,
    reason: "the scripted server numbers its answers",
  },
  {
    path: /^(records\/llm_end_[^/]+|columns\/[^/]+)\/token_usage_.*$/,
    programs: ["stream"],
    when: oursOnly,
    reason: "token usage of streams is known too",
  },
  {
    path: /^records\/llm_new_tokens_1.json\/(step|starts|llm_streams|chain_starts)$/,
    programs: ["stream"],
    reason: "it is written when all tokens are there",
  },
  {
    path: /^(metrics|records\/[^/]+)\/(step|llm_streams)$/,
    programs: ["stream"],
    reason: "ChatOpenAI of LangChain.js emits the chunk with the usage as a token too",
  },
  {
    path: /^(records\/.*llm_end_[^/]+|columns\/[^/]+)\/(id|model_name|system_fingerprint)$/,
    programs: ["stream", "given_run"],
    when: oursOnly,
    reason: "also known for streams, and for models that report it in the message only",
  },
  {
    path: /^(records\/cb\/llm_start_[^/]+|columns\/cb\/[^/]+)\/(type|id|repr|kwargs_responses)$/,
    programs: ["given_run"],
    reason: "the fake model of LangChain.js serializes its options, that of Python its repr",
  },
];
