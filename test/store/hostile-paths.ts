/** What climbs, in every spelling a server or a file system may read back. */
const CLIMBS = ["..", ".", "... ", " ..", ".. ", ". .", ". ."];
const SEPARATORS = ["/", "\\"];
const ENCODINGS = [
  (text: string) => text,
  (text: string) => percent(text, /[./\\]/g),
  (text: string) => percent(text, /[.]/g),
  (text: string) => percent(text, /[./\\]/g).toUpperCase(),
  (text: string) => percent(percent(text, /[./\\]/g), /%/g),
  (text: string) => percent(percent(percent(text, /[./\\]/g), /%/g), /%/g),
  (text: string) => percent(text, /./g),
];

const climbing = CLIMBS.flatMap((climb) =>
  SEPARATORS.flatMap((separator) => [
    `${climb}${separator}x`,
    `a${separator}${climb}${separator}x`,
    `a${separator}${climb}`,
    `a${separator}b${separator}${climb}${separator}${climb}${separator}${climb}${separator}x`,
  ]),
);

const absolute = ["/etc/passwd", "//host/share", "C:\\Windows", "c:/x", "\\\\host\\share"];
const schemes = ["file:///etc/passwd", "file:/etc/passwd", "s3://bucket/x", "http://host/x"];
const empty = ["", "/", "a//b", "a/", "a/b//", "//"];
const characters = [
  "a\0b",
  "\0",
  "a\nb",
  "a\rb",
  "a\tb",
  "a\u007f",
  "a\u001b[31m",
  "a#b",
  "#",
  "a/#/b",
  "\ud800",
  "a\udc00b",
];

/** Paths that are to be refused everywhere: uploads, downloads, and where a server lists them. */
export const hostilePaths: readonly string[] = [
  ...new Set([
    ...[...climbing, ...absolute, ...schemes, ...empty].flatMap((path) =>
      ENCODINGS.map((encode) => encode(path)),
    ),
    ...characters,
    ...characters.slice(0, -2).map((path) => percent(path, /[^a-z]/g)),
    ...characters.slice(0, -2).map((path) => percent(percent(path, /[^a-z]/g), /%/g)),
    "x".repeat(5000),
  ]),
];

/** Odd, and harmless. */
export const harmlessPaths: readonly string[] = [
  "a",
  "a/b/c.txt",
  ".hidden",
  "..hidden",
  "a/...b",
  "a b/c d.txt",
  "한국어/Übung 😀.json",
  "50%.txt",
  "100%/x",
  "a+b&c=d?e.txt",
  "ab:c/d",
  "a:b.txt",
  "C:",
  'it\'s "quoted" <x>|*.txt',
  "%zz",
  "%c3%bc",
  "a~$!,;@()[]{}.x",
];

function percent(text: string, which: RegExp): string {
  return text.replace(which, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}
