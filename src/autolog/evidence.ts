import { inferSignature } from "../models/signature/infer-signature.js";
import { writeInputExample } from "../models/signature/input-example.js";
import type { ModelSignature } from "../models/signature/model-signature.js";
import type { Shown } from "../recording/shown.js";
import type { AutologOptions } from "../settings/options.js";

export type EvidenceOptions = Pick<AutologOptions, "logInputExamples" | "logModelSignatures">;

/** What one call showed of an object, as far as it is wanted. */
export interface Evidence {
  readonly inputExample: unknown;
  readonly signature: ModelSignature | undefined;
}

export function evidenceOf(
  { input, output }: Pick<Shown, "input" | "output">,
  { logInputExamples, logModelSignatures }: EvidenceOptions,
): Evidence {
  return {
    inputExample: logInputExamples ? (input ?? undefined) : undefined,
    signature:
      logModelSignatures && input !== undefined ? inferSignature(input, output) : undefined,
  };
}

/** The same as files of a run, for what is no model: `input_example.json`, `signature.json`. */
export function filesOf({ inputExample, signature }: Evidence): Record<string, string> {
  const example = inputExample === undefined ? {} : exampleFile(inputExample);
  return {
    ...example,
    ...(signature && { "signature.json": `${JSON.stringify(signature.toDict(), null, 2)}\n` }),
  };
}

/** Without the request for a server, which only a model has. */
function exampleFile(input: unknown): Record<string, string> {
  const { files, info } = writeInputExample({ input, params: undefined });
  return { [info.artifact_path]: files[info.artifact_path] ?? "" };
}
