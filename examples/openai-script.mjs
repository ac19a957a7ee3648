// The answers of the scripted model, and the token usage it reports.
const FINAL_ANSWER =
  "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.";
const SEARCH_SPEED = ["search", { query: "top speed of F1 racing car" }];
const SEARCH_DISTANCE = ["search", { query: "distance from Earth to Moon" }];
const CALCULATE = ["calculator", { expression: "238900 / 200" }];

/** From a chat completion request to `{ error }` or `{ content, toolCalls, finishReason, usage }`. */
export function decide(body) {
  const texts = body.messages.map(textOf);
  const all = texts.join("\n");
  if (all.includes("BOOM")) return failure("mock provider rejected the request: BOOM");
  const promptTokens = texts.reduce((sum, text) => sum + words(text), 0) + 8;
  const said = (content) => ({
    content,
    finishReason: "stop",
    usage: usage(promptTokens, words(content) + 2),
  });
  if (all.includes("translates English to German")) return said("Ich liebe das Programmieren.");
  if (all.includes("Action Input")) return said(nextThought(all));
  const [, count] = /Count to (\d+)/.exec(texts.at(-1)) ?? [];
  if (count) return said(Array.from({ length: Number(count) }, (_, index) => index + 1).join(" "));
  if (body.tools?.length) {
    const done = body.messages.filter((message) => message.role === "tool").length;
    const calls = nextCalls(done, all.includes("PARALLEL"));
    if (!calls) return said(FINAL_ANSWER);
    return {
      content: null,
      toolCalls: calls.map(([name, args], index) => toolCall(done + index + 1, name, args)),
      finishReason: "tool_calls",
      usage: usage(promptTokens, 17),
    };
  }
  if (all.includes("Answer the question based only on the context")) {
    return said("MLflow tracks LangChain runs and traces.");
  }
  return said(`You said: ${texts.at(-1).slice(0, 200)}`);
}

/** The next step of an agent that reasons in plain text (ReAct), from its observations so far. */
function nextThought(text) {
  if (!text.includes("Observation: The top speed")) {
    return "I need the speed of an F1 car.\nAction: Search\nAction Input: top speed of F1 racing car in mph";
  }
  if (!text.includes("Observation: The average distance")) {
    return "Now I need the distance to the Moon.\nAction: Search\nAction Input: distance from Earth to Moon in miles";
  }
  if (!text.includes("Observation: 1194")) {
    return "I can divide now.\nAction: Calculator\nAction Input: 238900 / 200";
  }
  return `I now know the final answer.\nFinal Answer: ${FINAL_ANSWER}`;
}

function nextCalls(done, parallel) {
  if (done === 0) return parallel ? [SEARCH_SPEED, SEARCH_DISTANCE] : [SEARCH_SPEED];
  return [undefined, [SEARCH_DISTANCE], [CALCULATE]][done];
}

function toolCall(number, name, args) {
  // A blank after the colon, as models write their JSON.
  const text = JSON.stringify(args).replace('":"', '": "');
  return { id: `call_${number}`, type: "function", function: { name, arguments: text } };
}

function textOf({ content }) {
  if (Array.isArray(content)) return content.map((part) => part.text ?? "").join("");
  return content ?? "";
}

function words(text) {
  return text.split(/\s+/).filter(Boolean).length;
}

function usage(prompt, output) {
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function failure(message) {
  return { error: { message, type: "invalid_request_error", param: null, code: "mock_error" } };
}
