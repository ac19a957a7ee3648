import { invalidParameter } from "../base/errors.js";
import type { NamedKinds } from "../settings/check-options.js";
import { isDictionary, positiveInteger } from "../settings/kinds.js";
import { CodeScorer, type CodeScorerOptions, expectationOf } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";
import { retrievedDocuments } from "./trace-facts.js";

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
    const expected = expectedIds(row);
    if (!expected) return undefined;
    if (!row.trace) throw invalidParameter(`${this.name} requires the trace of the row.`);
    const { k = DEFAULT_K } = this.options;
    const ids = new Set(retrievedDocuments(row.trace).map(({ id, content }) => id ?? content));
    const found = [...ids].slice(0, k).map((id) => expected.has(id));
    return this.#measure(found, Math.min(expected.size, Number.POSITIVE_INFINITY));
  }
}

/**
 * The share of the first `k` retrieved documents that are expected: the expectation `expected_document_ids`, or the
 * `doc_uri` of `expected_retrieved_context`. A document is known by its `doc_uri` or another id in its metadata, else by its
 * text. Every value passes unless `passIf` is set.
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

/** Undefined if the row does not say which documents are expected. */
function expectedIds(row: ScoredRow): ReadonlySet<string> | undefined {
  const ids = expectationOf(row, "expected_document_ids");
  if (Array.isArray(ids)) return new Set(ids.map(String));
  const documents = expectationOf(row, "expected_retrieved_context");
  if (!Array.isArray(documents)) return undefined;
  const known = documents.flatMap((document: unknown) => {
    const fields: { doc_uri?: unknown; id?: unknown; content?: unknown } = isDictionary(document)
      ? document
      : {};
    return fields.doc_uri ?? fields.id ?? fields.content ?? [];
  });
  return new Set(known.map(String));
}
