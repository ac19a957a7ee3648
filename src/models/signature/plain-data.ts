import { readLangChain } from "../../callbacks/read.js";
import { getPipeline } from "../../pipeline/pipeline.js";
import type { Plain } from "../../trace/plain.js";
import { createSnapshot } from "../../trace/snapshot.js";

/** The data of an example, within the limits of a trace's values: LangChain's objects are read as what they hold. */
export const plainExample = (value: unknown): Plain | undefined =>
  createSnapshot(() => getPipeline().options, readLangChain)(value, { characters: 0 });

const UNLIMITED = {
  maxStringCharacters: Number.POSITIVE_INFINITY,
  maxValueCharacters: Number.POSITIVE_INFINITY,
  maxValueNodes: Number.POSITIVE_INFINITY,
  maxTraceCharacters: Number.POSITIVE_INFINITY,
  redactSecrets: false,
};

/** What a model gave, whole, as data: messages and documents become what they hold. */
export const plainResult = (value: unknown): Plain | undefined =>
  createSnapshot(() => UNLIMITED, readLangChain)(value, { characters: 0 });
