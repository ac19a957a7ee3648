import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Message, normalize } from "./messages.js";

/** An error, a warning, or a text that is added to an error, with its literals, which Python joins. */
const CALL = /(MlflowException|_logger\.warning|text \+=)\s*\(\s*((?:f?"(?:[^"\\]|\\.)*"\s*)+)/g;
const LITERAL = /(f?)"((?:[^"\\]|\\.)*)"/g;

/** Collects the messages of the Python package that loads models, as `collectMessages()` does for TypeScript. */
export function collectPythonMessages(root = "src/models/python/loader"): Message[] {
  const files = readdirSync(root).filter((file) => file.endsWith(".py"));
  const messages = files.sort().flatMap((file): Message[] => {
    const source = readFileSync(join(root, file), "utf8");
    return [...source.matchAll(CALL)].map(({ 1: name = "", 2: literals = "", index }) => {
      const line = source.slice(0, index).split("\n").length;
      const kind = name.startsWith("_logger") ? "warning" : "error";
      return { text: textOf(literals), place: `${join(root, file)}:${line}`, kind };
    });
  });
  return [...new Map(messages.map((message) => [message.text, message])).values()];
}

function textOf(literals: string): string {
  const texts = [...literals.matchAll(LITERAL)].map(([, prefix, text = ""]) =>
    text.replaceAll("\\n", " ").replace(prefix ? /\{[^}]*\}/g : /%[dgs]/g, "…"),
  );
  return normalize(texts.join(""));
}
