import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";

/** What the page's chain is called with, and answers. */
export const TRANSLATION_INPUT = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};
export const TRANSLATION = "Ich liebe das Programmieren.";

let made = 0;

/** The page's chain, made of something else than every one before. Its key and address come from the environment. */
export function newTranslationChain() {
  made += 1;
  const prompt = ChatPromptTemplate.fromMessages([
    ["system", `You are assistant ${made} that translates {input_language} to {output_language}.`],
    ["human", "{input}"],
  ]);
  return prompt
    .pipe(new ChatOpenAI({ model: "gpt-4o", temperature: 0 }))
    .pipe(new StringOutputParser());
}
