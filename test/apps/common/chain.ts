import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";

/** Answers "hello" in a trace of this name with four spans. */
export function answer(name: string): Promise<string> {
  const chain = ChatPromptTemplate.fromTemplate("{question}")
    .pipe(new FakeListChatModel({ responses: ["hello"] }))
    .pipe(new StringOutputParser());
  return chain.invoke({ question: "hi" }, { runName: name });
}
