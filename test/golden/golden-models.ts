import { readFileSync } from "node:fs";
import { load } from "js-yaml";

const data = new URL("data/models/", import.meta.url);

interface GoldenMlModel {
  readonly signature: { inputs: string | null; outputs: string | null; params: string | null };
  readonly saved_input_example_info: Readonly<Record<string, string>>;
}

/** The MLmodel file Python MLflow wrote for a program of the reference, as data. */
export function goldenMlModel(program: string): GoldenMlModel {
  return load(readFileSync(new URL(`${program}.MLmodel`, data), "utf8")) as GoldenMlModel;
}

/** What Python printed for the calls of the reference's program: a call, and its answer or its exception. */
export function goldenResults(release: "py222" | "py317"): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`${release}-results.txt`, data), "utf8");
  const rows = text.split("\n").map((line) => line.split(" -> "));
  return new Map(
    rows
      .filter(([, answer]) => answer !== undefined)
      .map(([call = "", ...answer]) => [call, answer.join(" -> ")]),
  );
}
