import { readFileSync } from "node:fs";
import { tool } from "@langchain/core/tools";
import * as z from "zod";

/** One fact per line. The file is stored with the model, beside this one. */
const facts = readFileSync(new URL("./facts.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

/** Returns the fact that shares most words with the query; rare words count more. */
export function findFact(query) {
  const words = new Set(wordsOf(query));
  const score = (fact) =>
    wordsOf(fact)
      .filter((word) => words.has(word))
      .reduce((sum, word) => sum + 1 / timesKnown(word), 0);
  const [best] = facts.toSorted((one, other) => score(other) - score(one));
  return score(best) > 0 ? best : "Nothing was found.";
}

function timesKnown(word) {
  return facts.filter((fact) => wordsOf(fact).includes(word)).length;
}

function wordsOf(text) {
  return [...new Set(text.toLowerCase().match(/[a-z0-9]+/g) ?? [])];
}

export const search = tool(({ query }) => findFact(query), {
  name: "search",
  description: "Search for a fact.",
  schema: z.object({ query: z.string() }),
});
