import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { evict } from "../../../src/delivery/spool/evict.js";
import type { Owner } from "../../../src/delivery/spool/owner.js";
import { createOwner } from "../../../src/delivery/spool/owner.js";
import type { SpoolEffects } from "../../../src/delivery/spool/spool-effects.js";
import type { SpoolItem } from "../../../src/delivery/spool/spool-file.js";
import { diskFiles, type SpoolFiles } from "../../../src/delivery/spool/spool-files.js";
import { folderNameOf, SpoolFolder } from "../../../src/delivery/spool/spool-folder.js";

const PLACE = { uri: "http://127.0.0.1:5000", workspace: undefined };
const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const UNLIMITED = { maxSpoolBytes: 1e9, maxSpoolAgeMs: 7 * DAY_MS };

let root: string;
let nowMs: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "spool-"));
  nowMs = Date.now();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const item = (id: number): SpoolItem => ({ fields: { id }, payload: Buffer.alloc(100, id) });

/** The spool of a process. `gone`: the names of the owners that have ended. */
function effectsOf(
  name: string,
  { gone = [], files = diskFiles }: { gone?: string[]; files?: SpoolFiles } = {},
): SpoolEffects {
  const owner: Owner = { name, isGone: (other) => gone.includes(other) };
  return { files, owner, now: () => nowMs };
}

const folderOf = (name: string, options?: Parameters<typeof effectsOf>[1]) =>
  new SpoolFolder(join(root, "state/spool"), PLACE, effectsOf(name, options));

const idsOf = (folder: SpoolFolder, name: string) => {
  const file = folder.claim(name);
  if (typeof file === "string") return file;
  return file.content.items.map(({ fields }) => fields.id);
};

const spool = () => join(root, "state/spool");

test("a folder is for one tracking URI and workspace; a slash at the end does not matter", () => {
  const of = (uri: string, workspace?: string) => folderNameOf({ uri, workspace });
  expect(of("http://a/")).toBe(of("http://a"));
  expect(new Set([of("http://a"), of("http://b"), of("http://a", "w")]).size).toBe(3);
});

test("another process claims what a process has written, from the oldest to the newest", () => {
  const writer = folderOf("one");
  for (const id of [1, 2, 3]) {
    writer.write([item(id)]);
    nowMs += 1;
  }
  const reader = folderOf("two");
  const names = reader.waiting();
  expect(names.map((name) => idsOf(reader, name))).toEqual([[1], [2], [3]]);
  expect(reader.waiting()).toEqual([]);
});

test("only the user can read the files and the folders", () => {
  const folder = folderOf("one");
  folder.write([item(1)]);
  const modes = readdirSync(join(root, "state"), { recursive: true, encoding: "utf8" }).map(
    (path) => statSync(join(root, "state", path)).mode & 0o777,
  );
  expect(new Set(modes)).toEqual(new Set([0o700, 0o600]));
  expect(statSync(join(root, "state")).mode & 0o777).toBe(0o700);
});

test("one of two processes gets a file", () => {
  const [one, two] = [folderOf("one"), folderOf("two")];
  one.write([item(1)]);
  const [name] = one.waiting();
  expect(idsOf(one, name!)).toEqual([1]);
  expect(two.claim(name!)).toBe("taken");
});

test("a released file is available again, and a removed one is not", () => {
  const folder = folderOf("one");
  folder.write([item(1)]);
  const [name] = folder.waiting();
  folder.claim(name!);
  folder.release(name!);
  expect(folder.waiting()).toEqual([name]);
  folder.claim(name!);
  folder.remove(name!);
  expect(folder.waiting()).toEqual([]);
  expect(readdirSync(join(folder.path, "cur"))).toEqual([]);
});

test("a claim stays with its owner until that has ended", () => {
  folderOf("one").writeClaimed([item(1)]);
  expect(folderOf("two").waiting()).toEqual([]);
  const heir = folderOf("two", { gone: ["one"] });
  const [name] = heir.waiting();
  expect(idsOf(heir, name!)).toEqual([1]);
});

test("the real owner knows whether another process of its host runs", () => {
  const owner = createOwner();
  const [host] = owner.name.split("~");
  const nowMs = Date.now();
  expect(owner.isGone(owner.name, 0, nowMs)).toBe(false);
  expect(owner.isGone(`${host}~${process.pid}~ffffffff`, nowMs, nowMs)).toBe(false);
  expect(owner.isGone(`${host}~${2 ** 30}~ffffffff`, nowMs, nowMs)).toBe(true);
});

test("a claim that is older than this process is left, also if its process had the same id", () => {
  const owner = createOwner();
  const [host] = owner.name.split("~");
  const nowMs = Date.now();
  const startedAtMs = nowMs - process.uptime() * 1000;
  const other = `${host}~${process.pid}~ffffffff`;
  expect(owner.isGone(other, startedAtMs - 1000, nowMs)).toBe(true);
  expect(owner.isGone(other, startedAtMs + 1000, nowMs)).toBe(false);
  expect(owner.isGone(owner.name, startedAtMs - 1000, nowMs)).toBe(false);
});

test.each(["the folder", "a folder in it"])("a write succeeds after %s was removed", (what) => {
  const folder = folderOf("one");
  folder.write([item(1)]);
  rmSync(what === "the folder" ? spool() : join(folder.path, "new"), { recursive: true });
  folder.write([item(2)]);
  const [name] = folder.waiting();
  expect(idsOf(folder, name!)).toEqual([2]);
  expect(readdirSync(join(folder.path, "tmp"))).toEqual([]);
});

test("files are sent although a program that copied the folder has left out the empty folders", () => {
  const writer = folderOf("one");
  writer.write([item(1)]);
  for (const name of ["tmp", "cur", "dead"]) rmSync(join(writer.path, name), { recursive: true });
  const reader = folderOf("two");
  const [name] = reader.waiting();
  expect(idsOf(reader, name!)).toEqual([1]);
  rmSync(join(writer.path, "new"), { recursive: true });
  const heir = folderOf("three", { gone: ["two"] });
  expect(heir.waiting()).toEqual([name]);
  expect(idsOf(heir, name!)).toEqual([1]);
});

test("a claim of another container counts as left after an hour", () => {
  const owner = createOwner();
  const nowMs = Date.now();
  expect(owner.isGone("elsewhere~1~ffffffff", nowMs, nowMs)).toBe(false);
  expect(owner.isGone("elsewhere~1~ffffffff", nowMs - 2 * HOUR_MS, nowMs)).toBe(true);
});

describe("files that are not whole", () => {
  test("a damaged file becomes a dead letter", () => {
    const folder = folderOf("one");
    folder.write([item(1)]);
    const [name] = folder.waiting();
    writeFileSync(join(folder.path, "new", name!), "garbage");
    expect(folder.claim(name!)).toBe("damaged");
    expect(folder.waiting()).toEqual([]);
    expect(readdirSync(join(folder.path, "dead"))).toEqual([name]);
  });

  test("a file that cannot be read stays for a process that can read it", () => {
    folderOf("one").write([item(1)]);
    const files: SpoolFiles = {
      ...diskFiles,
      read() {
        throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
      },
    };
    const other = folderOf("two", { files });
    const [name] = other.waiting();
    expect(() => other.claim(name!)).toThrow("EACCES");
    const owner = folderOf("one");
    expect(owner.waiting()).toEqual([name]);
    expect(idsOf(owner, name!)).toEqual([1]);
  });

  test("files of other programs stay", () => {
    const folder = folderOf("one");
    folder.write([item(1)]);
    writeFileSync(join(folder.path, "new", "notes.txt"), "mine");
    expect(folder.waiting()).toHaveLength(1);
    evict(spool(), effectsOf("one"), { maxSpoolBytes: 1, maxSpoolAgeMs: 1 }, true);
    expect(readdirSync(join(folder.path, "new"))).toEqual(["notes.txt"]);
  });

  test("a write that failed leaves nothing, and the next write succeeds", () => {
    let isFull = true;
    const files: SpoolFiles = {
      ...diskFiles,
      write(path, bytes) {
        diskFiles.write(path, isFull ? bytes.subarray(0, 10) : bytes);
        if (isFull) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      },
    };
    const folder = folderOf("one", { files });
    expect(() => folder.write([item(1)])).toThrow("ENOSPC");
    expect(readdirSync(join(folder.path, "tmp"))).toEqual([]);
    isFull = false;
    folder.write([item(1)]);
    expect(folder.waiting()).toHaveLength(1);
  });

  test("an unfinished write is removed after an hour", () => {
    const folder = folderOf("one");
    folder.write([item(1)]);
    const path = join(
      folder.path,
      "tmp",
      `${String(nowMs - 2 * HOUR_MS).padStart(13, "0")}-00000000-1-9`,
    );
    writeFileSync(path, "half");
    writeFileSync(join(folder.path, "tmp", `${nowMs}-00000000-1-9`), "half");
    evict(spool(), effectsOf("one"), UNLIMITED, true);
    expect(readdirSync(join(folder.path, "tmp"))).toHaveLength(1);
  });
});

describe("eviction", () => {
  test("by two processes at once counts each file once", () => {
    const folder = folderOf("one");
    for (const id of [1, 2, 3]) folder.write([item(id)]);
    const limits = { ...UNLIMITED, maxSpoolBytes: 1 };
    const others: unknown[] = [];
    const files: SpoolFiles = {
      ...diskFiles,
      // The other process is faster with what is left.
      remove(path) {
        const isRemoved = diskFiles.remove(path);
        if (others.length === 0) {
          others.push(...evict(spool(), effectsOf("two"), limits, true).evicted);
        }
        return isRemoved;
      },
    };
    const { evicted } = evict(spool(), effectsOf("one", { files }), limits, true);
    expect([evicted.length, others.length]).toEqual([1, 2]);
  });

  test("removes the oldest files until the rest fits, and counts their items", () => {
    const folder = folderOf("one");
    const sizes = [1, 2, 3, 4].map((id) => {
      nowMs += 1;
      return folder.write([item(id), item(id)]).bytes;
    });
    const limits = { ...UNLIMITED, maxSpoolBytes: sizes[2]! + sizes[3]! };
    const names = folder.waiting();
    const { evicted, bytes } = evict(spool(), effectsOf("one"), limits, true);
    const reason = "spool_full";
    expect(evicted).toEqual(names.slice(0, 2).map((name) => ({ name, items: 2, reason })));
    expect(bytes).toBe(sizes[2]! + sizes[3]!);
    const left = folder.waiting().map((name) => idsOf(folder, name));
    expect(left).toEqual([
      [3, 3],
      [4, 4],
    ]);
  });

  test.each([
    ["a folder of another user", "list"],
    ["a file that it cannot remove", "remove"],
  ] as const)("continues after %s", (_, call) => {
    const folder = folderOf("one");
    const other = new SpoolFolder(
      spool(),
      { uri: "http://b", workspace: undefined },
      effectsOf("one"),
    );
    other.write([item(1)]);
    folder.write([item(2)]);
    folder.write([item(3)]);
    writeFileSync(join(spool(), "0123456789abcdef"), "mine");
    const files: SpoolFiles = {
      ...diskFiles,
      [call]: (path: string) => {
        if (!path.startsWith(`${other.path}/`)) return diskFiles[call](path);
        throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
      },
    };
    const limits = { ...UNLIMITED, maxSpoolBytes: 1 };
    const { evicted } = evict(spool(), effectsOf("one", { files }), limits, true);
    expect(evicted).toHaveLength(2);
    expect(folder.waiting()).toEqual([]);
    expect(other.waiting()).toHaveLength(1);
  });

  test("removes what is too old, of every server", () => {
    folderOf("one").write([item(1)]);
    new SpoolFolder(spool(), { uri: "http://b", workspace: undefined }, effectsOf("one")).write([
      item(2),
    ]);
    nowMs += 8 * DAY_MS;
    folderOf("one").write([item(3)]);
    const { evicted } = evict(spool(), effectsOf("one"), UNLIMITED, true);
    expect(evicted.map(({ reason }) => reason)).toEqual(["spool_expired", "spool_expired"]);
  });

  test("removes nothing because of its age if the clock has jumped", () => {
    folderOf("one").write([item(1)]);
    nowMs += 365 * DAY_MS;
    expect(evict(spool(), effectsOf("one"), UNLIMITED, false)).toMatchObject({ evicted: [] });
  });

  test("keeps a file of a clock that was not set", () => {
    const realMs = nowMs;
    nowMs = 5000;
    folderOf("one").write([item(1)]);
    nowMs = realMs;
    expect(evict(spool(), effectsOf("one"), UNLIMITED, true)).toMatchObject({ evicted: [] });
  });

  test("keeps a file from the future", () => {
    nowMs += 365 * DAY_MS;
    folderOf("one").write([item(1)]);
    nowMs -= 365 * DAY_MS;
    expect(evict(spool(), effectsOf("one"), UNLIMITED, true)).toMatchObject({
      evicted: [],
    });
  });

  test("keeps claimed files, and removes dead letters without counting them again", () => {
    const folder = folderOf("one");
    folder.writeClaimed([item(1)]);
    folder.bury([item(2)], "status 400");
    const none = { maxSpoolBytes: 0, maxSpoolAgeMs: 7 * DAY_MS };
    expect(evict(spool(), effectsOf("one"), none, true)).toMatchObject({ evicted: [] });
    expect(readdirSync(join(folder.path, "cur"))).toHaveLength(1);
    expect(readdirSync(join(folder.path, "dead"))).toHaveLength(0);
  });
});

describe("a folder that cannot be made", () => {
  test("below a file fails at once", () => {
    writeFileSync(join(root, "file"), "");
    const folder = new SpoolFolder(join(root, "file/spool"), PLACE, effectsOf("one"));
    expect(() => folder.write([item(1)])).toThrow("ENOTDIR");
  });

  test("on a read-only file system that reports a missing folder fails at once", () => {
    let calls = 0;
    const missing = Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    const files: SpoolFiles = {
      ...diskFiles,
      makeFolder() {
        calls += 1;
        throw missing;
      },
    };
    expect(() => folderOf("one", { files }).write([item(1)])).toThrow("ENOENT");
    expect(calls).toBe(1);
    mkdirSync(join(root, "there"));
    expect(() => diskFiles.makeFolder("/proc/nothing/here/spool")).toThrow(/ENOENT|EACCES|EROFS/);
  });
});

describe("the lock of a run", () => {
  test("is taken by one process at a time", () => {
    const [one, two] = [folderOf("one"), folderOf("two")];
    one.write([item(1)]);
    const unlock = one.lockRun("key");
    expect(two.lockRun("key")).toBeUndefined();
    expect(two.lockRun("another key")).toBeDefined();
    unlock?.();
    expect(two.lockRun("key")).toBeDefined();
  });

  test("of a process that has ended is free, and is removed after an hour", () => {
    const one = folderOf("one");
    one.write([item(1)]);
    one.lockRun("key");
    one.lockRun("a run that is not sent again");
    expect(folderOf("two", { gone: ["one"] }).lockRun("key")).toBeDefined();
    const locks = () => readdirSync(join(one.path, "tmp"));
    expect(locks()).toHaveLength(2);
    nowMs = Date.now() + 2 * HOUR_MS;
    evict(spool(), effectsOf("two"), UNLIMITED, true);
    expect(locks()).toEqual([]);
  });

  test("does not stop the delivery if the disk is full", () => {
    const full: SpoolFiles = {
      ...diskFiles,
      write: () => {
        throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      },
    };
    expect(folderOf("one", { files: full }).lockRun("key")).toBeDefined();
  });
});
