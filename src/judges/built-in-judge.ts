import type { ScoredRow, Scoring } from "../scorers/scorer.js";
import { readOptions } from "../settings/check-options.js";
import type { AssessmentValue } from "../trace/assessment.js";
import {
  type BuiltInFields,
  type BuiltInName,
  DECLARATIONS,
  type JudgeDeclaration,
} from "./declarations.js";
import { Judge } from "./judge.js";
import { JUDGE_KINDS, type JudgeOptions } from "./judge-fields.js";
import type { SerializedScorer } from "./serialized-scorer.js";

/** A judge with a prompt of this package. Use one of the classes that extend it. */
export abstract class BuiltInJudge extends Judge {
  /** The name of the class, also in minified code, and in Python. */
  declare readonly builtIn: BuiltInName;

  /** @param own checked by the class that extends this one. */
  constructor(builtIn: BuiltInName, options: JudgeOptions, own: BuiltInFields = {}) {
    const given = readOptions<JudgeOptions>(`new ${builtIn}()`, options, JUDGE_KINDS);
    const declaration: JudgeDeclaration = DECLARATIONS[builtIn];
    const { name, description, passing, isForSessions } = declaration;
    super({
      name,
      description,
      ...(passing && { passIf: (value: AssessmentValue) => passing.some((one) => one === value) }),
      ...(isForSessions && { sessionLevel: true }),
      ...given,
    });
    Object.assign(this, { builtIn }, own);
  }

  protected async judge(row: ScoredRow, scoring: Scoring): Promise<unknown> {
    const { scoreBuiltIn } = await import("./score-built-in.js");
    return scoreBuiltIn(this, row, scoring);
  }

  protected async serialize(modelUri: string | undefined): Promise<SerializedScorer> {
    const { serializeBuiltIn } = await import("./serialize.js");
    return serializeBuiltIn(this, modelUri);
  }
}
