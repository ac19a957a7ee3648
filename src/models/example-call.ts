import { warnOnce } from "../log.js";
import type { LangChainModel } from "./set-model.js";
import { inferSignature } from "./signature/infer-signature.js";
import { type SavedExample, saveExample } from "./signature/input-example.js";
import type { ModelSignature } from "./signature/model-signature.js";

export interface ExampleOptions {
  /**
   * What the model takes, saved with it. Without a `signature` the model is called with it, once, to
   * learn what it gives.
   */
  readonly inputExample?: unknown;
  /** `false`: none, also where there is an example. Default: inferred from the example. */
  readonly signature?: ModelSignature | false;
}

/** The example and signature to save with a model. */
export async function exampleAndSignature(
  model: LangChainModel,
  { inputExample, signature }: ExampleOptions,
): Promise<{ example: SavedExample | undefined; signature: ModelSignature | undefined }> {
  if (inputExample === undefined) return { example: undefined, signature: signature || undefined };
  const example = saveExample(inputExample);
  if (signature !== undefined) return { example, signature: signature || undefined };
  return { example, signature: await tryExample(model, inputExample) };
}

async function tryExample(
  model: LangChainModel,
  inputExample: unknown,
): Promise<ModelSignature | undefined> {
  try {
    return inferSignature(inputExample, await model.invoke(inputExample));
  } catch (cause) {
    const { message } = cause as Error;
    warnOnce(
      `example ${message}`,
      `the model failed with its input example, so it is logged without a signature: ${message}`,
    );
    return undefined;
  }
}
