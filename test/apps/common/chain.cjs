const { StringOutputParser } = require("@langchain/core/output_parsers");
const { ChatPromptTemplate } = require("@langchain/core/prompts");
const { FakeListChatModel } = require("@langchain/core/utils/testing");

/** Answers "hello" in a trace of this name with four spans. */
exports.answer = (name) => {
  const chain = ChatPromptTemplate.fromTemplate("{question}")
    .pipe(new FakeListChatModel({ responses: ["hello"] }))
    .pipe(new StringOutputParser());
  return chain.invoke({ question: "hi" }, { runName: name });
};
