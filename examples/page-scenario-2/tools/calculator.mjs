import { tool } from "@langchain/core/tools";
import * as z from "zod";

const OPERATORS = {
  "+": { rank: 1, apply: (a, b) => a + b },
  "-": { rank: 1, apply: (a, b) => a - b },
  "*": { rank: 2, apply: (a, b) => a * b },
  "/": { rank: 2, apply: (a, b) => a / b },
  "^": { rank: 3, apply: (a, b) => a ** b, isRightFirst: true },
};

/** Evaluates an expression with + - * / ^, parentheses and signs: `2 * (3 - -1)`. */
export function calculate(expression) {
  const tokens = expression.match(/\d+(?:[.,]\d+)*(?:e[+-]?\d+)?|[-+*/^()]/gi) ?? [];
  if (tokens.join("") !== expression.replaceAll(/\s/g, "")) {
    throw new Error(`Not an arithmetic expression: ${expression}`);
  }
  const value = readTerm(0);
  if (tokens.length > 0) throw new Error(`Not expected here: ${tokens[0]}`);
  return value;

  function readTerm(lowestRank) {
    let left = readFactor();
    for (;;) {
      const operator = OPERATORS[tokens[0]];
      if (!operator || operator.rank < lowestRank) return left;
      tokens.shift();
      left = operator.apply(left, readTerm(operator.rank + (operator.isRightFirst ? 0 : 1)));
    }
  }

  function readFactor() {
    const token = tokens.shift();
    if (token === "-") return -readTerm(3);
    if (token === "+") return readTerm(3);
    if (token === "(") {
      const inside = readTerm(0);
      if (tokens.shift() !== ")") throw new Error("A parenthesis is not closed.");
      return inside;
    }
    // 238,900 is one number.
    const number = Number(token?.replaceAll(",", ""));
    if (token === undefined || Number.isNaN(number)) {
      throw new Error(`A number is expected: ${token ?? "the end"}`);
    }
    return number;
  }
}

export const calculator = tool(({ expression }) => String(calculate(expression)), {
  name: "calculator",
  description: "Evaluate a math expression.",
  schema: z.object({ expression: z.string() }),
});
