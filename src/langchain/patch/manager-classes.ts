import type { CallbackListeners } from "../events/callbacks.js";
import type { CoreClasses } from "./core-classes.js";

export type Metadata = Record<string, unknown>;

/** What a manager passes on to the managers of its runs. */
export interface Fields {
  handlers: unknown[];
  inheritableHandlers: unknown[];
  tags: string[];
  inheritableTags: string[];
  metadata: Metadata;
  inheritableMetadata: Metadata;
}

/** The members of LangChain's `CallbackManager` that lean managers use. */
export interface Manager extends Fields {
  readonly _parentRunId?: string | undefined;
  addTags(tags: readonly string[], inherit?: boolean): void;
  addMetadata(metadata: Metadata, inherit?: boolean): void;
}

/** The manager of one LangChain run. */
export interface RunManager extends Fields {
  readonly runId: string;
  readonly _parentRunId?: string | undefined;
}

export type RunManagerClass = new (
  runId: string,
  handlers: unknown[],
  inheritableHandlers: unknown[],
  tags: string[],
  inheritableTags: string[],
  metadata: Metadata,
  inheritableMetadata: Metadata,
  parentRunId: string | undefined,
) => RunManager;

/** The classes of the managers of one copy of core. */
export interface ManagerClasses {
  readonly CallbackManager: new (parentRunId: string | undefined) => Manager;
  readonly CallbackManagerForChainRun: RunManagerClass;
  readonly CallbackManagerForLLMRun: RunManagerClass;
  readonly CallbackManagerForRetrieverRun: RunManagerClass;
  readonly CallbackManagerForToolRun: RunManagerClass;
}

/** The methods of each class that lean managers replace. */
export const EVENTS = {
  CallbackManager: [
    "handleChainStart",
    "handleToolStart",
    "handleRetrieverStart",
    "handleLLMStart",
    "handleChatModelStart",
  ],
  CallbackManagerForChainRun: ["handleChainEnd", "handleChainError"],
  CallbackManagerForToolRun: ["handleToolEnd", "handleToolError"],
  CallbackManagerForRetrieverRun: ["handleRetrieverEnd", "handleRetrieverError"],
  CallbackManagerForLLMRun: ["handleLLMEnd", "handleLLMError", "handleLLMNewToken"],
} as const satisfies Readonly<Record<keyof ManagerClasses, readonly (keyof CallbackListeners)[]>>;

/** Undefined if a class is missing. A bundler may leave classes out. */
export function managerClassesOf(classes: CoreClasses): ManagerClasses | undefined {
  const isComplete = Object.keys(EVENTS).every((name) => typeof classes[name] === "function");
  return isComplete ? (classes as CoreClasses & ManagerClasses) : undefined;
}
