import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { Feedback } from "../store/assessments.js";
import { rootSpanOf } from "../trace/trace.js";
import { comparedText } from "./answer-text.js";
import {
  type Aggregation,
  ROW_SCORER_KINDS,
  type ScoredRow,
  Scorer,
  type ScorerFields,
} from "./scorer.js";

/** The options that every scorer without a model has. */
export interface CodeScorerOptions extends Partial<Omit<ScorerFields, "sessionLevel">> {}

export interface CodeScorerInit<Own> {
  /** For example `new ExactMatch()`. */
  readonly caller: string;
  readonly defaultName: string;
  readonly defaultAggregations?: readonly Aggregation[];
  /** The values are measured, not judged: each one passes unless the app sets `passIf`. */
  readonly isMeasure?: boolean;
  /** The kinds of the options that only this scorer has. */
  readonly kinds: NamedKinds<Own>;
}

/** A scorer without a model. `Own` are the options that it has besides those of every scorer. */
export abstract class CodeScorer<Own extends object> extends Scorer {
  /** The checked options. An own field, so that a digest of the scorer includes them. */
  protected readonly options: Own;

  constructor(
    options: (Own & CodeScorerOptions) | undefined,
    { caller, defaultName, defaultAggregations, isMeasure = false, kinds }: CodeScorerInit<Own>,
  ) {
    const all = { ...ROW_SCORER_KINDS, ...kinds } as unknown as NamedKinds<Own & CodeScorerOptions>;
    const given = readNamed<Own & CodeScorerOptions>(caller, options, all);
    const names = Object.keys(ROW_SCORER_KINDS);
    const part = (isCommon: boolean) =>
      Object.fromEntries(
        Object.entries(given).filter(([name]) => names.includes(name) === isCommon),
      );
    super({
      name: defaultName,
      ...(defaultAggregations && { aggregations: defaultAggregations }),
      ...(isMeasure && { passIf: () => true }),
      ...part(true),
    });
    this.options = part(false) as Own;
  }

  /** The text of the answer: of the outputs, or of the trace's outputs. */
  protected textOf({ outputs, trace }: ScoredRow): string | undefined {
    return comparedText(outputs ?? rootSpanOf(trace)?.outputs);
  }

  protected feedback(value: boolean | number | "yes" | "no", rationale: string): Feedback {
    const source = { sourceType: "CODE", sourceId: this.name } as const;
    return new Feedback({ name: this.name, value, rationale, source });
  }

  /** MLflow's rating. */
  protected rated(isGood: boolean, rationale: string): Feedback {
    return this.feedback(isGood ? "yes" : "no", rationale);
  }
}

/** The value of an expectation, whose name may be written as in Python or as in JavaScript. */
export function expectationOf({ expectations = {} }: ScoredRow, name: string): unknown {
  const camelCase = name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
  return expectations[name] ?? expectations[camelCase];
}
