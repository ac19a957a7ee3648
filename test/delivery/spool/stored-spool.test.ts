import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SpoolEffects } from "../../../src/delivery/spool/spool-effects.js";
import type { SpoolItem } from "../../../src/delivery/spool/spool-file.js";
import { diskFiles, type SpoolFiles } from "../../../src/delivery/spool/spool-files.js";
import { SpoolFolder } from "../../../src/delivery/spool/spool-folder.js";
import { listSpool, purgeSpool } from "../../../src/delivery/spool/stored-spool.js";

const PLACE = { uri: "http://127.0.0.1:5000", workspace: undefined };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const item = (id: number): SpoolItem => ({ fields: { id }, payload: Buffer.alloc(100, id) });

/** The spool of a process. `gone`: the names of the owners that have ended. */
function effectsOf(name: string, files: SpoolFiles = diskFiles, gone: string[] = []): SpoolEffects {
  return { files, owner: { name, isGone: (other) => gone.includes(other) }, now: Date.now };
}

/** The files of another process, which claims the first one as soon as this process has listed them. */
function filesWithAnother(): SpoolFiles {
  const other = new SpoolFolder(root, PLACE, effectsOf("two"));
  let hasClaimed = false;
  const claim = () => {
    if (hasClaimed) return;
    hasClaimed = true;
    const [name] = other.waiting();
    other.claim(name!);
  };
  return {
    ...diskFiles,
    read(path) {
      claim();
      return diskFiles.read(path);
    },
    remove(path) {
      claim();
      return diskFiles.remove(path);
    },
  };
}

test("the list has what is left while another process sends", () => {
  const folder = new SpoolFolder(root, PLACE, effectsOf("one"));
  for (const id of [1, 2, 3]) folder.write([item(id)]);
  const [server] = listSpool(root, effectsOf("three", filesWithAnother()));
  expect(server).toMatchObject({ uri: PLACE.uri, waiting: 2 });
});

test("a purge counts what it has removed, and leaves what another process sends", () => {
  const folder = new SpoolFolder(root, PLACE, effectsOf("one"));
  for (const id of [1, 2, 3]) folder.write([item(id)]);
  expect(purgeSpool(root, effectsOf("three", filesWithAnother()))).toBe(2);
  expect(readdirSync(join(folder.path, "cur"))).toHaveLength(1);
});

test("a purge removes what a process that has ended was sending, whatever its host is called", () => {
  for (const owner of ["host~7~1", "secure~7~1"]) {
    new SpoolFolder(root, PLACE, effectsOf(owner)).writeClaimed([item(1)]);
    expect(purgeSpool(root, effectsOf("one"))).toBe(0);
    expect(purgeSpool(root, effectsOf("one", diskFiles, [owner]))).toBe(1);
  }
});

test("the list counts each kind apart, and a run of several files once", () => {
  const folder = new SpoolFolder(root, PLACE, effectsOf("one"));
  const of = (fields: object): SpoolItem => ({ fields: { ...fields }, payload: Buffer.alloc(0) });
  const run = { kind: "run", run: { runId: "1" } };
  folder.write([of({ kind: "trace" }), of({ kind: "attachments", attachments: [{}, {}] })]);
  folder.write([of(run), of(run), of({ kind: "run", run: { key: "new" } })]);
  folder.write([of(run), of({ kind: "trace" })]);
  const [server] = listSpool(root, effectsOf("three"));
  expect(server).toMatchObject({ waiting: 7, traces: 2, attachments: 2, runData: 4, runs: 2 });
});
