import { expect, test } from "vitest";
import { createOwner } from "../../../src/delivery/spool/owner.js";
import { diskFiles } from "../../../src/delivery/spool/spool-files.js";
import { SpoolFolder } from "../../../src/delivery/spool/spool-folder.js";
import { type NewFile, writeWhatFits } from "../../../src/delivery/spool/write-what-fits.js";

const effects = { files: diskFiles, owner: createOwner(), now: Date.now };
// Nothing is written to it.
const folder = new SpoolFolder("spool", { uri: "http://a", workspace: undefined }, effects);
const fileOf = (...jobs: number[]): NewFile<number> => ({
  folder,
  jobs,
  items: jobs.map((id) => ({ fields: { id }, payload: Buffer.alloc(1) })),
});

/** Writes to a disk that has room for some items. Returns the content of its files, and the number of attempts. */
function writeTo(room: number, files: readonly NewFile<number>[]) {
  const written: number[][] = [];
  let attempts = 0;
  writeWhatFits(files, ({ jobs, items }) => {
    attempts += 1;
    expect(items.map(({ fields }) => fields.id)).toEqual(jobs);
    if (jobs.length > room - written.flat().length) return "full";
    written.push([...jobs]);
    return "written";
  });
  return { written, attempts };
}

test("a file that fits is written as one file", () => {
  expect(writeTo(9, [fileOf(1, 2, 3), fileOf(4)])).toEqual({
    written: [[1, 2, 3], [4]],
    attempts: 2,
  });
});

test("a disk that is almost full gets as many items as it has room for, in their order", () => {
  expect(writeTo(5, [fileOf(1, 2, 3, 4, 5, 6, 7, 8)]).written.flat()).toEqual([1, 2, 3, 4, 5]);
});

test("a full disk is tried once for each half, and not for all items", () => {
  const items = Array.from({ length: 200 }, (_, index) => index);
  const { written, attempts } = writeTo(0, [fileOf(...items), fileOf(...items)]);
  expect(written).toEqual([]);
  expect(attempts).toBeLessThanOrEqual(9);
});

test("an item that is larger than the room does not keep the smaller ones from the disk", () => {
  const sizes = [3, 3, 80, 3, 90, 3, 81, 3, 3];
  const items = sizes.map((bytes, id) => ({ fields: { id }, payload: Buffer.alloc(bytes) }));
  let [room, attempts] = [50, 0];
  const written: number[] = [];
  writeWhatFits([{ folder, jobs: sizes, items }], (file) => {
    attempts += 1;
    const bytes = file.items.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    if (bytes > room) return "full";
    room -= bytes;
    written.push(...file.jobs);
    return "written";
  });
  expect(written).toEqual([3, 3, 3, 3, 3, 3]);
  expect(attempts).toBeLessThan(sizes.length * 2);
});

test("a write that fails for another reason is not repeated", () => {
  let attempts = 0;
  writeWhatFits([fileOf(1, 2), fileOf(3, 4)], () => {
    attempts += 1;
    return "failed";
  });
  expect(attempts).toBe(2);
});
