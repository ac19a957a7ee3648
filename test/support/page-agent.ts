import { tool } from "@langchain/core/tools";
import { z } from "zod";

/** The tools of the page's agent, which answer at once. */
export const PAGE_TOOLS = [
  tool(async ({ query }) => `about ${query}`, {
    name: "search",
    description: "Searches.",
    schema: z.object({ query: z.string() }),
  }),
  tool(async () => "1194.5", {
    name: "calculator",
    description: "Calculates.",
    schema: z.object({ expression: z.string() }),
  }),
];

/** What the agent says in the end. */
export const AGENT_ANSWER =
  "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.";
