// Data models whose author wants a key, a request, or a file. Each has an address of a foreign host, a path or a secret in it.

import {
  CHAT,
  chatPrompt,
  escaped,
  type Json,
  LLM,
  message,
  node,
  openAi,
  parser,
  prompt,
  runnable,
  secret,
  sequence,
  withPrototype,
} from "./data-nodes.js";

/** What an author of hostile data plants. */
export interface Plants {
  /** An address of the foreign host that is this model's own. */
  readonly address: string;
  /** A path outside of the model's folder. */
  readonly path: string;
  /** A variable that no class declares as its secret. */
  readonly variable: string;
}

export interface HostileModel {
  readonly name: string;
  make(plants: Plants): unknown;
}

type Make = (plants: Plants) => unknown;

/** The ways to write a name that one of LangChain's conversions may read as the same. */
function spellings(words: readonly string[]): string[] {
  const snake = words.join("_");
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const camel = words.map((word, index) => (index === 0 ? word : capital(word))).join("");
  return [
    ...new Set([
      ...[snake, camel, words.join("-"), words.join(" "), words.map(capital).join("")],
      ...[snake.toUpperCase(), ` ${camel}`, `${camel}\t`, `_${snake}`, `${snake}_`],
      ...[words.join("__"), words.join("."), `${camel}1`, camel.split("").join("_")],
    ]),
  ];
}

const addressIn = (key: string, place: string) => ({ [key]: place });

/** Fields of a model's constructor. */
function* inFields(): Generator<HostileModel> {
  for (const [label, id] of [
    ["ChatOpenAI", CHAT],
    ["OpenAI", LLM],
  ] as const) {
    for (const key of spellings(["configuration"])) {
      const shapes: Readonly<Record<string, Make>> = {
        plain: ({ address }) => addressIn("baseURL", address),
        escaped: ({ address }) => escaped(addressIn("baseURL", address)),
        inherited: ({ address }) => withPrototype(addressIn("baseURL", address)),
        "escaped and inherited": ({ address }) => escaped(withPrototype({ baseURL: address })),
      };
      for (const [shape, make] of Object.entries(shapes)) {
        yield {
          name: `${label}.${JSON.stringify(key)}, ${shape}`,
          make: (plants) => openAi({ [key]: make(plants) }, id),
        };
      }
    }
  }
  const fields = [
    ...["client_config", "base_url", "base_u_r_l", "base_path", "api_base", "openai_api_base"],
    ...["azure_open_ai_endpoint", "azure_openai_base_path", "lc_kwargs", "fields", "proxy_url"],
    ...["default_options", "call_options", "client", "cache_dir", "callbacks", "constructor"],
  ];
  for (const field of fields) {
    for (const key of spellings(field.split("_")).slice(0, 5)) {
      yield {
        name: `ChatOpenAI.${JSON.stringify(key)}`,
        make: ({ address, path }) =>
          openAi({
            [key]: { baseURL: address, path: address, file: path, options: { path: address } },
          }),
      };
    }
  }
  for (const part of ["completions", "responses", "bound", "caller", "fallbacks"]) {
    yield {
      name: `ChatOpenAI.${part} is a model of its own`,
      make: ({ address }) => openAi({ [part]: openAi({ configuration: { baseURL: address } }) }),
    };
  }
}

/** Options that a binding adds to a call, of which the HTTP client reads some. */
function* inOptions(): Generator<HostileModel> {
  const options: Readonly<Record<string, Make>> = {
    "options.path": ({ address }) => ({ options: { path: address } }),
    "options.defaultBaseURL": ({ address }) => ({ options: { defaultBaseURL: address } }),
    path: ({ address }) => ({ path: address }),
    defaultBaseURL: ({ address }) => ({ defaultBaseURL: address }),
    "path, by a stream": ({ address }) => ({ path: address, stream_options: {} }),
    "inherited options": ({ address }) => withPrototype({ options: { path: address } }),
    "inherited path": ({ address }) => withPrototype({ path: address }),
    fetchOptions: ({ address }) => ({ fetchOptions: { proxy: address }, httpAgent: address }),
    __streamClass: ({ address }) => ({ __streamClass: address, path: address, method: "get" }),
    configurable: ({ address }) => ({ configurable: { baseURL: address }, path: address }),
  };
  const bindings: Readonly<Record<string, (value: unknown) => Json>> = {
    kwargs: (kwargs) => ({ kwargs, config: {} }),
    config: (config) => ({ kwargs: {}, config }),
    "escaped kwargs": (kwargs) => ({ kwargs: escaped(kwargs), config: {} }),
    "escaped config": (config) => ({ kwargs: {}, config: escaped(config) }),
    "escaped values": (value) => ({
      kwargs: Object.fromEntries(
        Object.entries(value as Json).map(([key, one]) => [key, escaped(one)]),
      ),
      config: {},
    }),
  };
  for (const [label, make] of Object.entries(options)) {
    for (const [place, binding] of Object.entries(bindings)) {
      for (const kind of ["RunnableBinding", "RunnableRetry"]) {
        yield {
          name: `${label} in ${place} of a ${kind}`,
          make: (plants) =>
            node(runnable(kind), {
              bound: openAi(),
              max_attempt_number: 1,
              ...binding(make(plants)),
            }),
        };
      }
    }
  }
}

/** Fields of prompts, messages and Runnables that hold code, or reach something beside the object. */
function* inCoreClasses(): Generator<HostileModel> {
  const classes: Readonly<Record<string, Json>> = {
    prompt: prompt({ template: "x", input_variables: [] }),
    "chat prompt": chatPrompt([message({ content: "x" })]),
    parser,
    sequence: sequence(node(runnable("RunnablePassthrough"), {}), openAi()),
    passthrough: node(runnable("RunnablePassthrough"), {}),
    binding: node(runnable("RunnableBinding"), { bound: openAi(), kwargs: {}, config: {} }),
    each: node(runnable("RunnableEach"), { bound: openAi() }),
  };
  const fields = [
    ...["lc_namespace", "lc_kwargs", "partial_variables", "example_selector", "func", "invoke"],
    ...["on_failed_attempt", "config_factories", "callbacks", "cache", "format", "constructor"],
  ];
  for (const [label, base] of Object.entries(classes)) {
    for (const field of fields) {
      yield {
        name: `${field} of a ${label}`,
        make: ({ address, path }) => ({
          ...base,
          kwargs: { ...(base.kwargs as Json), [field]: [{ path: address, file: path }] },
        }),
      };
    }
  }
}

/** Hostile models within models that are otherwise harmless. */
function* within(): Generator<HostileModel> {
  const bad: Readonly<Record<string, Make>> = {
    "a configuration": ({ address }) => openAi({ configuration: { baseURL: address } }),
    "a binding": ({ address }) =>
      node(runnable("RunnableBinding"), {
        ...{ bound: openAi(), kwargs: { options: { path: address } }, config: {} },
      }),
  };
  const wraps: Readonly<Record<string, (inner: unknown) => unknown>> = {
    "a sequence": (inner) => sequence(node(runnable("RunnablePassthrough"), {}), inner),
    "the middle of a sequence": (inner) =>
      node(runnable("RunnableSequence"), {
        ...{ first: node(runnable("RunnablePassthrough"), {}), middle: [inner], last: parser },
      }),
    "a map": (inner) => node(runnable("RunnableMap"), { steps: { one: inner } }),
    "a parallel": (inner) => node(runnable("RunnableParallel"), { steps: { one: inner } }),
    fallbacks: (inner) =>
      node(runnable("RunnableWithFallbacks"), {
        ...{
          runnable: node(runnable("RunnableMap"), {
            steps: { a: prompt({ template: "{x}", input_variables: ["x"] }) },
          }),
        },
        fallbacks: [inner],
      }),
    "a binding": (inner) =>
      node(runnable("RunnableBinding"), { bound: inner, kwargs: {}, config: { runName: "x" } }),
    "a retry": (inner) =>
      node(runnable("RunnableRetry"), {
        bound: inner,
        kwargs: {},
        config: {},
        max_attempt_number: 1,
      }),
    "a map of plain steps": (inner) =>
      node(runnable("RunnableMap"), { steps: { one: { two: inner } } }),
  };
  for (const [what, make] of Object.entries(bad)) {
    for (const [where, wrap] of Object.entries(wraps)) {
      yield { name: `${what} in ${where}`, make: (plants) => wrap(make(plants)) };
    }
  }
}

/** Places where a secret would go into the body of a request, or be printed. */
function* secrets(): Generator<HostileModel> {
  for (const [label, variable] of [
    ["the key", () => "OPENAI_API_KEY"],
    ["another variable", ({ variable }: Plants) => variable],
  ] as const) {
    const of = (plants: Plants) => secret(variable(plants));
    const places: Readonly<Record<string, Make>> = {
      ...Object.fromEntries(
        ["user", "model", "stop", "service_tier", "prompt_cache_key", "name", "organization"].map(
          (field) => [`ChatOpenAI.${field}`, (plants: Plants) => openAi({ [field]: of(plants) })],
        ),
      ),
      model_kwargs: (plants) => openAi({ model_kwargs: { user: of(plants) } }),
      metadata: (plants) => openAi({ metadata: { seen: of(plants) } }),
      "a template": (plants) =>
        sequence(prompt({ template: of(plants), input_variables: [] }), openAi()),
      "a message": (plants) => sequence(chatPrompt([message({ content: of(plants) })]), openAi()),
      "an option": (plants) =>
        node(runnable("RunnableBinding"), {
          bound: openAi(),
          kwargs: { stop: [of(plants)] },
          config: {},
        }),
      "a part of a message": (plants) =>
        sequence(
          chatPrompt([message({ content: [{ type: "text", text: of(plants) }] })]),
          openAi(),
        ),
    };
    for (const [where, make] of Object.entries(places))
      yield { name: `${label} in ${where}`, make };
  }
}

export function hostileModels(): HostileModel[] {
  return [...inFields(), ...inOptions(), ...inCoreClasses(), ...within(), ...secrets()];
}
