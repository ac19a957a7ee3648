import { rootSpanOf } from "../trace/trace.js";
import type { Trace } from "../tracing/read-trace.js";
import {
  type Judged,
  type JudgedFields,
  judgedData,
  requestOf,
  responseOf,
} from "./judged-data.js";
import { toolCallsOf } from "./trace-data.js";

/** What a conversation contains besides the messages. */
export interface ConversationOptions {
  readonly withToolCalls?: boolean;
  readonly withTimes?: boolean;
}

/** The messages of a conversation: the input and output of each trace, oldest first. */
export function conversationOf(
  session: readonly Trace[],
  { withToolCalls = false, withTimes = false }: ConversationOptions = {},
): readonly JudgedFields[] {
  return session.flatMap((trace) => {
    const root = rootSpanOf(trace);
    const question = contentOf(root?.inputs, requestOf);
    const answer = contentOf(root?.outputs, responseOf);
    const seconds = trace.info.executionDuration / 1000;
    return [
      ...(question === undefined ? [] : [{ role: "user", content: question }]),
      ...(withToolCalls ? toolCallsOf(trace).map((call) => ({ role: "tool", ...call })) : []),
      ...(answer === undefined
        ? []
        : [
            { role: "assistant", content: answer, ...(withTimes && { duration_seconds: seconds }) },
          ]),
    ];
  });
}

function contentOf(value: unknown, read: (data: Judged) => Judged): Judged | undefined {
  if (value === undefined || value === null) return undefined;
  const content = read(judgedData(value));
  const isBlank = typeof content === "string" && content.trim() === "";
  return isBlank ? undefined : content;
}
