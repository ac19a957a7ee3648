import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { type Kind, required } from "../settings/kinds.js";
import type { BuiltInName } from "./declarations.js";
import { JUDGE_KINDS, type JudgeOptions } from "./judge-fields.js";

/** The options of judges that have guidelines. */
export interface GuidelinesOptions extends JudgeOptions {
  /** One guideline, or several, in plain language. */
  readonly guidelines: string | readonly string[];
}

const guidelines: Kind<string | readonly string[]> = {
  want: "a text that is not empty, or an array of such texts",
  read: (value) => {
    const isFilled = (one: unknown) => typeof one === "string" && one.trim() !== "";
    if (typeof value === "string") return isFilled(value) ? value : undefined;
    const copy = Array.isArray(value) ? [...value] : [];
    return copy.length > 0 && copy.every(isFilled) ? copy : undefined;
  },
};

const KINDS: NamedKinds<GuidelinesOptions> = { ...JUDGE_KINDS, guidelines: required(guidelines) };

export function readGuidelines(
  builtIn: BuiltInName,
  options: GuidelinesOptions,
): GuidelinesOptions {
  return readNamed(`new ${builtIn}()`, options, KINDS);
}
