import { mkdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { readSettings } from "../../src/settings/settings.js";
import { allowedFolderOf, howToAllow } from "../../src/store/allowed-folders.js";
import { temporaryDirectory } from "./file/temporary-directory.js";

function folders() {
  const parent = temporaryDirectory();
  const allowed = join(parent, "allowed");
  const outside = join(parent, "outside");
  for (const folder of [allowed, outside]) mkdirSync(join(folder, "deep"), { recursive: true });
  symlinkSync(outside, join(allowed, "link"));
  symlinkSync(join(parent, "nowhere"), join(allowed, "dangling"));
  symlinkSync(join(allowed, "loop"), join(allowed, "loop"));
  symlinkSync(join(allowed, "deep"), join(allowed, "inner"));
  symlinkSync(allowed, join(outside, "back"));
  return { parent, allowed, outside };
}

const find = (uri: string, ...allowed: string[]) => allowedFolderOf({ uri }, allowed);

test("a folder below an allowed folder is allowed, whether it is given as a path or a URI", async () => {
  const { allowed, outside } = folders();
  const wanted = join(allowed, "a", "b");
  const encoded = pathToFileURL(wanted).href;
  for (const root of [
    allowed,
    pathToFileURL(allowed).href,
    relative(".", allowed),
    `${allowed}/`,
  ]) {
    for (const uri of [
      wanted,
      encoded,
      encoded.replace("file:///", "file://localhost/"),
      encoded.replace("file:///", "FILE:///"),
      encoded.replace("file:///", "file:/"),
      join(outside, "back", "a", "b"),
      relative(".", wanted),
      `${wanted}/`,
    ]) {
      expect(await find(uri, root), `${uri} in ${root}`).toBe(wanted);
    }
  }
  expect(await find(allowed, allowed)).toBe(allowed);
  expect(await find(join(allowed, "inner", "x"), allowed)).toBe(join(allowed, "deep", "x"));
  expect(await find(wanted, outside, allowed)).toBe(wanted);
});

test("no other folder is allowed, in whatever form it is given", async () => {
  const { parent, allowed, outside } = folders();
  const encoded = pathToFileURL(allowed).href;
  const uris = [
    outside,
    parent,
    "/",
    "",
    `${allowed}-not`,
    join(allowed, "..", "outside"),
    `${allowed}/deep/../../outside`,
    `${encoded}/..`,
    `${encoded}/%2e%2e/outside`,
    `${encoded}/%2E%2E%2Foutside`,
    `${encoded}/a%00b`,
    `${allowed}/a\0b`,
    encoded.replace("file:///", "file://elsewhere/"),
    `${encoded}?x`.replace("?x", "/../outside?x"),
    `file:${relative(".", outside)}`,
    relative(".", outside),
    join(allowed, "link"),
    join(allowed, "link", "new", "deep"),
    join(allowed, "dangling"),
    join(allowed, "dangling", "deep"),
    join(allowed, "loop", "x"),
    "dbfs:/x",
    `dbfs:${allowed}`,
    `s3:/${allowed}`,
    `local:${allowed}`,
    `http://localhost${allowed}`,
    "~",
    "%",
    "file:///%",
  ];
  for (const uri of uris) expect(await find(uri, allowed), uri).toBeUndefined();
  expect(await find(allowed)).toBeUndefined();
  expect(await find(allowed, "s3://x", "file://elsewhere/", "")).toBeUndefined();
});

test("the variable in the error allows the folder, also if its name contains a comma", async () => {
  const parent = temporaryDirectory();
  for (const name of ["plain", "a,b", "a b", "a%2Cb", "#"]) {
    const root = { uri: pathToFileURL(join(parent, name, "run", "artifacts")).href };
    const [, variable = "", value = ""] =
      /set (\w+)=(.*), or a folder above it/.exec(howToAllow(root)) ?? [];
    const { folders } = readSettings({ [variable]: value }).allowedArtifactRoots;
    expect(folders).toHaveLength(1);
    expect(await allowedFolderOf(root, folders), name).toBe(join(parent, name, "run", "artifacts"));
  }
});
