import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import type { NamedKinds } from "../settings/check-options.js";
import { positiveInteger } from "../settings/kinds.js";
import type { Trace } from "../tracing/read-trace.js";
import { CodeScorer, type CodeScorerOptions, expectationOf } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";
import { type RetrievedDocument, retrievals } from "./trace-facts.js";

interface Own {
  /** How many of the first documents count. Default: 3, as in MLflow. */
  readonly k?: number;
}

/** The options of the retrieval metrics. */
export interface RetrievalOptions extends Own, CodeScorerOptions {}

const KINDS: NamedKinds<Own> = { k: positiveInteger };
const DEFAULT_K = 3;

/** Compares the documents of a row's retrievers with the expected ones. */
abstract class RetrievalMetric extends CodeScorer<Own> {
  readonly #measure: (found: readonly boolean[], expected: number) => number;

  constructor(
    options: RetrievalOptions | undefined,
    names: { readonly caller: string; readonly defaultName: string },
    measure: (found: readonly boolean[], expected: number) => number,
  ) {
    super(options, { ...names, isMeasure: true, kinds: KINDS });
    this.#measure = measure;
  }

  override score(row: ScoredRow): number | undefined {
    const expected = expectedDocuments(row);
    if (!expected) return undefined;
    if (!row.trace) throw invalidParameter(`${this.name} requires the trace of the row.`);
    const { k = DEFAULT_K } = this.options;
    const open = new Set(expected);
    const found = documentsOf(row.trace).slice(0, k);
    const hits = found.map((document) => {
      const { id } = document;
      const isKnown = (keys: Keys) =>
        (id !== undefined && keys.includes(id)) || keys.includes(textOf(document));
      const match = [...open].find(isKnown);
      return match !== undefined && open.delete(match);
    });
    return this.#measure(hits, expected.length);
  }
}

/** The ids and the text by which an expected document is known. */
type Keys = readonly string[];

/** Several retrievers may return the same document. */
function documentsOf(trace: Trace): readonly RetrievedDocument[] {
  const all = retrievals(trace).flatMap(({ documents }) => documents);
  return [...new Map(all.map((one) => [one.id ?? textOf(one), one])).values()];
}

function textOf({ content }: RetrievedDocument): string {
  return typeof content === "string" ? content : "";
}

/**
 * The share of the first `k` retrieved documents that are expected: the expectation `expected_document_ids`, or
 * `expected_retrieved_context`, an array of texts or objects `{ doc_uri, content }`. A document is known by its `doc_uri` or
 * another id in its metadata, or by its text. Every value passes unless `passIf` is set.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.RetrievalPrecision({ k: 5 });
 */
export class RetrievalPrecision extends RetrievalMetric {
  constructor(options?: RetrievalOptions) {
    const names = { caller: "new RetrievalPrecision()", defaultName: "retrieval_precision" };
    super(options, names, (found) => (found.length === 0 ? 0 : hits(found) / found.length));
  }
}

/**
 * The share of the expected documents that are among the first `k` retrieved ones. See {@link RetrievalPrecision}.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.RetrievalRecall({ k: 5 });
 */
export class RetrievalRecall extends RetrievalMetric {
  constructor(options?: RetrievalOptions) {
    const names = { caller: "new RetrievalRecall()", defaultName: "retrieval_recall" };
    super(options, names, (found, expected) => (expected === 0 ? 1 : hits(found) / expected));
  }
}

/**
 * The normalized discounted cumulative gain of the first `k` retrieved documents: 1 if the expected ones come first. See
 * {@link RetrievalPrecision}.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.RetrievalNdcg({ k: 5 });
 */
export class RetrievalNdcg extends RetrievalMetric {
  constructor(options?: RetrievalOptions) {
    const names = { caller: "new RetrievalNdcg()", defaultName: "retrieval_ndcg" };
    super(options, names, (found, expected) => {
      const ideal = found.map((_, index) => index < expected);
      const best = gain(ideal);
      return best === 0 ? 0 : gain(found) / best;
    });
  }
}

function hits(found: readonly boolean[]): number {
  return found.filter(Boolean).length;
}

function gain(found: readonly boolean[]): number {
  return found.reduce((sum, isHit, index) => sum + (isHit ? 1 / Math.log2(index + 2) : 0), 0);
}

/** Undefined if the row does not say which documents are expected. Each of them counts once. */
function expectedDocuments(row: ScoredRow): readonly Keys[] | undefined {
  const ids = expectationOf(row, "expected_document_ids");
  if (Array.isArray(ids)) return [...new Set(ids.map(String))].map((id) => [id]);
  const documents = expectationOf(row, "expected_retrieved_context");
  if (!Array.isArray(documents)) return undefined;
  const known = new Map(documents.map((one) => [JSON.stringify(keysOf(one)), keysOf(one)]));
  return [...known.values()];
}

/** A text, or an object with `doc_uri`, `id`, `content`, or the fields of a document of LangChain. */
function keysOf(document: unknown): Keys {
  if (typeof document === "string") return [document];
  const fields: Record<string, unknown> = { ...Object(document) };
  const { doc_uri, id, content, page_content, pageContent } = fields;
  const metadata: Record<string, unknown> = { ...Object(fields.metadata) };
  const keys = [doc_uri, id, metadata.doc_uri, metadata.id, content, page_content, pageContent];
  const known = keys.filter((one) => one !== undefined && one !== null && one !== "").map(String);
  if (known.length > 0) return known;
  throw invalidParameter(
    `The expectation \`expected_retrieved_context\` takes texts, or objects { doc_uri, content }, got ${show(document)}.`,
  );
}
