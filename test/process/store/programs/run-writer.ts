/** `node run-writer.js <directory> <run id> <writer> <count>`: writes batches to a run that others write to as well. */
import { createFileStore } from "../../../../src/store/file/file-store.js";

const [directory = "", runId = "", writer = "", count = "0"] = process.argv.slice(2);
const store = createFileStore({ directory });
const POINTS = 50;
let stored = 0;
for (let at = 0; at < Number(count); at++) {
  const metrics = Array.from({ length: POINTS }, (_, index) => ({
    key: "loss",
    value: Number(writer),
    timestampMs: 1,
    step: at * POINTS + index,
  }));
  const tags = { last: `${writer} ${at}` };
  const verdict = await store.writeRun(runId, { kind: "logBatch", metrics, tags });
  if (verdict.state === "stored") stored += 1;
}
const { state } = await store.writeRun(runId, { kind: "logBatch", params: { writer } });
process.stdout.write(JSON.stringify({ stored, won: state === "stored" }));
