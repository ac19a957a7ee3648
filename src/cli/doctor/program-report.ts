import type { CopyDescription } from "../../langchain/patch/describe-copies.js";

/** The variable that names the folder of the reports. `doctor` sets it for the program that it runs. */
export const REPORT_FOLDER = "LANGCHAIN_MLFLOW_REPORT_FOLDER";

/** What one process, or one of its threads, reports about tracing. */
export interface ProgramReport {
  readonly processId: number;
  readonly copies: readonly CopyDescription[];
  /** Whether LangChain has run, also from a bundle. */
  readonly hasLangChain: boolean;
  /** The number of traces that were completed. */
  readonly traces: number;
  /** The number of lost traces, by reason. */
  readonly losses: Readonly<Record<string, number>>;
  /** Without credentials. Undefined if nothing was traced. */
  readonly trackingUri: string | undefined;
  /** MLflow's variables at the end, with those that the program has loaded from a file. May contain secrets. */
  readonly environment: Readonly<Record<string, string>>;
}
