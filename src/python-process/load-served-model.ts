import { join } from "node:path";
import { MlflowException } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import type { Bundle } from "../models/bundle/bundle.js";
import { isMissingCompiler } from "../models/code/typescript.js";
import { flavorOf, readMlModel, storedCodeOf } from "../models/folder/ml-model.js";
import { loadWithBundle } from "../models/load-model.js";
import type { RawModel } from "../models/pyfunc/requests.js";
import { isCallOption } from "../models/serialize/check-data.js";
import { ModelSignature } from "../models/signature/model-signature.js";

type Params = Readonly<Record<string, unknown>>;

/** A model, and what its calls may receive. Python has enforced the signature. */
export interface ServedModel {
  readonly model: RawModel;
  /** Removes parameters that the model may not receive. */
  readonly acceptedParams: (params: Params) => Params;
}

/**
 * Loads a model from its folder. Its code runs without a warning, since Python's MLflow was asked to load it.
 *
 * @throws MlflowException as `loadModel()` does.
 */
export async function loadServedModel(
  folder: string,
  {
    modelConfig,
    bundle,
  }: { readonly modelConfig?: Params | undefined; readonly bundle?: Bundle | undefined },
): Promise<ServedModel> {
  const description = await readMlModel(folder);
  const stored = storedCodeOf(flavorOf(description, folder));
  const isData = stored === undefined;
  const { signature } = description;
  const specs = signature ? (ModelSignature.fromDict(signature).params?.params ?? []) : [];
  const options = { allowRemoteCode: true, ...(modelConfig && { modelConfig }) };
  const model = await loadWithBundle(folder, options, bundle).catch((cause) => {
    throw withFixForPython(cause, join(folder, stored?.file ?? ""));
  });
  // Python passes the defaults of the signature with each call. Those of a model from data could name another host.
  const refused = specs
    .filter(({ name, default: value }) => isData && value !== null && !isCallOption(name, value))
    .map(({ name }) => name);
  return {
    model,
    acceptedParams: (params) =>
      Object.fromEntries(
        Object.entries(params).filter(([name]) => {
          const isRefused = refused.includes(name);
          if (isRefused) warnOnce(`parameter ${name}`, unusedParameter(name));
          return !isRefused;
        }),
      ),
  };
}

/** There is no app in which a compiler could be installed. */
function withFixForPython(cause: unknown, file: string): unknown {
  if (!isMissingCompiler(cause, file)) return cause;
  const version = `Node.js ${process.versions.node}`;
  return new MlflowException(
    `${file} contains TypeScript that ${version} does not run without a compiler. Log the model with extraDependencies: ["esbuild"] or bundle: true, or use Node.js 22.18 or newer, which runs files that use only type annotations: install the packages of the model's requirements.txt, or set MLFLOW_LANGCHAIN_NODE to the path of a \`node\`.`,
    "INVALID_STATE",
  );
}

function unusedParameter(name: string): string {
  return `the parameter '${name}' of the model's signature is ignored: a model that was logged as data can only have defaults for LangChain's known call options. Log the model from code.`;
}
