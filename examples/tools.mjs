import { tool } from "@langchain/core/tools";
import * as z from "zod";

const add = tool(
  ({ a, b }) => {
    if (a < 0) throw new Error("negative");
    return a + b;
  },
  {
    name: "add",
    description: "Add two numbers.",
    schema: z.object({ a: z.number(), b: z.number() }),
  },
);

console.log(await add.invoke({ a: 1, b: 2 }));

const message = await add.invoke({
  name: "add",
  args: { a: 1, b: 2 },
  id: "c1",
  type: "tool_call",
});
console.log(message.content);

try {
  await add.invoke({ a: -1, b: 2 });
} catch (error) {
  console.log("failed as expected:", error.message);
}
