import { node, openAi, secret } from "./data-nodes.js";
import type { HostileModel } from "./hostile-data.js";

// Data that is no LangChain object as langchain-mlflow writes it: wrong nodes, ids, classes, sizes, tools and templates.

const CORE = "langchain_core";
const parser = node([CORE, "output_parsers", "string", "StrOutputParser"], {});
const prompt = (fields: object) =>
  node([CORE, "prompts", "prompt", "PromptTemplate"], { input_variables: [], ...fields });

function nested(depth: number): unknown {
  let value: unknown = "end";
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

const IDS: Readonly<Record<string, unknown>> = {
  "no list": "langchain_core/runnables/RunnableMap",
  empty: [],
  "a list in a list": [["langchain_core"], "runnables", "RunnableMap"],
  "an object that prints as a name": [CORE, "runnables", { toString: "RunnableMap" }],
  numbers: [1, 2, 3],
  null: [CORE, "runnables", null],
  "a slash in a part": ["langchain_core/runnables", "RunnableMap"],
  "dots in a part": ["langchain_core.runnables.RunnableMap"],
  "another namespace": [CORE, "utils", "testing", "RunnableMap"],
  "a longer namespace": [CORE, "runnables", "base", "RunnableMap"],
  "a name of every object": [CORE, "runnables", "constructor"],
  "a prototype": ["__proto__", "__proto__", "__proto__"],
  "a namespace of every object": ["constructor", "constructor"],
  "another package": ["langchain_community", "chat_models", "openai", "ChatOpenAI"],
  "a tracer": [CORE, "tracers", "tracer_langchain", "LangChainTracer"],
  "a document loader": [CORE, "document_loaders", "langsmith", "LangSmithLoader"],
  "a tool": [CORE, "tools", "DynamicTool"],
  "a lambda": [CORE, "runnables", "RunnableLambda"],
  "a history": [CORE, "runnables", "RunnableWithMessageHistory"],
  "a base class": [CORE, "load", "serializable", "Serializable"],
};

const NODES: Readonly<Record<string, unknown>> = {
  "lc: 2": { ...parser, lc: 2 },
  'lc: "1"': { ...parser, lc: "1" },
  "lc: true": { ...parser, lc: true },
  "not implemented": { ...parser, type: "not_implemented" },
  "a secret": secret("OPENAI_API_KEY"),
  "a type of its own": { ...parser, type: "function" },
  "a further field": { ...parser, graph: {} },
  "no fields": { lc: 1, type: "constructor", id: parser.id },
  "a list for fields": { ...parser, kwargs: [] },
  "a text for fields": { ...parser, kwargs: "x" },
  "escaped as a whole": { __lc_escaped__: openAi() },
  "a text": "StrOutputParser",
  "a list": [parser],
  nothing: null,
};

const VALUES: Readonly<Record<string, unknown>> = {
  "a list that is nested 60 deep": openAi({ model_kwargs: { deep: nested(60) } }),
  "a list of 300 000 values": openAi({ model_kwargs: { many: new Array(300_000).fill(0) } }),
  "an object of LangChain's in plain JSON": openAi({ metadata: { inner: parser } }),
  "an escape in plain JSON": openAi({ model_kwargs: { a: { __lc_escaped__: { b: 1 } } } }),
  "an own lc in plain JSON": openAi({ model_kwargs: { lc: 2 } }),
  "a prototype in plain JSON": openAi({ model_kwargs: JSON.parse('{"__proto__":{"a":1}}') }),
  "a text for a number": openAi({ timeout: "9" }),
  "an object for a text": openAi({ model: { toString: "x" } }),
  "a template format of every object": prompt({ template: "x", template_format: "constructor" }),
  "a template format that is no text": prompt({ template: "x", template_format: ["f-string"] }),
};

const withTool = (tool: object): Readonly<Record<string, unknown>> => ({
  "in a binding": node([CORE, "runnables", "RunnableBinding"], {
    ...{ bound: openAi(), kwargs: { tools: [tool] }, config: {} },
  }),
  "in the body of a request": openAi({ model_kwargs: { tools: [tool] } }),
});

export function malformedModels(): HostileModel[] {
  const ids = Object.entries(IDS).map(([name, id]) => ({
    name: `an id: ${name}`,
    make: () => node(id, {}),
  }));
  const given = Object.entries({ ...NODES, ...VALUES }).map(([name, data]) => ({
    name,
    make: () => data,
  }));
  const tools = Object.entries(withTool({})).flatMap(([where]) =>
    ["mcp", "local_shell", "computer", "code_interpreter", undefined].map((type) => ({
      name: `a tool of type ${type} ${where}`,
      make: ({ address }: { readonly address: string }) =>
        withTool({ type, server_label: "x", server_url: address })[where],
    })),
  );
  return [...ids, ...given, ...tools];
}
