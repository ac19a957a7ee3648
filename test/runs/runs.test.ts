import { afterAll, describe } from "vitest";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { describeFluentRuns } from "./run-cases.js";

const directory = temporaryDirectory({ whenOver: afterAll });

describe("runs in a local directory", () => {
  describeFluentRuns(() => directory);
});
