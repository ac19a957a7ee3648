// The programs that are measured. Each is created after the tool is switched on, and makes one call.
// `callsPerTurn`: after so many calls, timers and sockets get their turn, as in an app that serves requests.
// `callsPerFlush`: after so many calls, the tool sends its traces.

const ANSWER = "hello world, this is a slightly longer answer";

async function createChain() {
  const { ChatPromptTemplate } = await import("@langchain/core/prompts");
  const { FakeListChatModel } = await import("@langchain/core/utils/testing");
  const { StringOutputParser } = await import("@langchain/core/output_parsers");
  const messages = [
    ["system", "be brief"],
    ["human", "{question}"],
  ];
  return ChatPromptTemplate.fromMessages(messages)
    .pipe(new FakeListChatModel({ responses: [ANSWER] }))
    .pipe(new StringOutputParser());
}

const QUESTION = { question: "what is up" };

/** prompt | fake chat model | parser: four spans. */
async function invoke(config) {
  const chain = await createChain();
  return { call: () => chain.invoke(QUESTION, config), unitsPerCall: 1, callsPerTurn: 50 };
}

/** Its stream. The unit is a chunk. */
async function chunk(config) {
  const chain = await createChain();
  const call = async () => {
    for await (const _ of await chain.stream(QUESTION, config));
  };
  return { call, unitsPerCall: ANSWER.length, callsPerTurn: 50 };
}

const PARAGRAPH = "A sentence of an ordinary conversation, as users write them. ".repeat(33);

/** A LangGraph agent that calls two tools and answers, after a history of 30 messages of 2 KB. */
async function agent(config) {
  const { BaseChatModel } = await import("@langchain/core/language_models/chat_models");
  const { AIMessage, HumanMessage } = await import("@langchain/core/messages");
  const { tool } = await import("@langchain/core/tools");
  const { createReactAgent } = await import("@langchain/langgraph/prebuilt");
  const names = ["search", "calculate"];

  /** Calls the tools one after the other, then answers. */
  class ScriptedModel extends BaseChatModel {
    _llmType() {
      return "scripted";
    }
    bindTools() {
      return this;
    }
    async _generate(messages) {
      const called = messages.filter((message) => message.getType() === "tool").length;
      const name = names[called];
      const tool_calls = name
        ? [{ id: `call-${called}`, name, args: { input: "some input" } }]
        : [];
      const message = new AIMessage({ content: name ? "" : ANSWER, tool_calls });
      return { generations: [{ text: String(message.content), message }] };
    }
  }
  const schema = { type: "object", properties: { input: { type: "string" } } };
  const tools = names.map((name) =>
    tool(({ input }) => `${name}: ${input}`, { name, description: `A tool to ${name}`, schema }),
  );
  const history = Array.from({ length: 30 }, (_, at) =>
    at % 2 ? new AIMessage(PARAGRAPH) : new HumanMessage(PARAGRAPH),
  );
  const graph = createReactAgent({ llm: new ScriptedModel({}), tools });
  // Agents wait for their models. Without pauses, traces of a megabyte each would fill the queue of any tool.
  const call = () => graph.invoke({ messages: history }, config);
  return { call, unitsPerCall: 1, callsPerTurn: 1, callsPerFlush: 20 };
}

export const programs = { invoke, chunk, agent };
