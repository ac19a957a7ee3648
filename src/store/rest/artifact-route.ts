import { MlflowException } from "../../base/errors.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import { faultOf, joinArtifactPath } from "../artifact-path.js";
import type { ArtifactInfo, ArtifactSource } from "../artifact-store.js";
import { listOf, textOf } from "../wire/json-fields.js";
import { pathPart } from "./path-part.js";

/** One way to reach the artifacts of a root. The caller checks the paths. An empty path is the root. */
export interface ArtifactRoute {
  list(path: string): Promise<readonly ArtifactInfo[]>;
  upload(path: string, source: ArtifactSource, signal?: AbortSignal): Promise<void>;
  download(path: string, file: string, signal?: AbortSignal): Promise<void>;
  findLocally?(path: string): Promise<string | undefined>;
}

/**
 * Reads a server's listing of a directory.
 *
 * @param pathsStart where the listed paths start.
 * @throws MlflowException INVALID_STATE if a listed file is not directly in the directory: its download would be
 * written to another place.
 */
export function infosOf(
  files: Plain | undefined,
  directory: string,
  pathsStart: "at root" | "at directory",
): ArtifactInfo[] {
  // If the path names a file, some artifact stores list that file.
  const isItself = (file: PlainObject) =>
    pathsStart === "at root" && file.path === directory && file.is_dir !== true;
  const infos = listOf(files)
    .filter(isPlainObject)
    .filter((file) => !isItself(file))
    .map((file): ArtifactInfo => {
      const listed = textOf(file.path);
      const prefix = pathsStart === "at directory" || directory === "" ? "" : `${directory}/`;
      const name = listed.slice(prefix.length);
      const isDirectlyIn = listed.startsWith(prefix) && !name.includes("/");
      const fault = isDirectlyIn ? faultOf(name) : "is not directly in that directory";
      if (fault !== undefined) {
        throw new MlflowException(
          `The server lists ${JSON.stringify(listed)} in the artifact directory ${JSON.stringify(directory)}. That path ${fault}, so the whole listing is rejected.`,
          "INVALID_STATE",
        );
      }
      const isDirectory = file.is_dir === true;
      return {
        path: joinArtifactPath(directory, name),
        isDirectory,
        fileSize: isDirectory ? undefined : Number(file.file_size ?? 0),
      };
    });
  return infos.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** For the path of a file, `a/b`, some artifact stores list the file `a/b/b`. It does not exist. */
export function withoutItself(infos: ArtifactInfo[], path: string): ArtifactInfo[] {
  const [only] = infos;
  const name = path.split("/").at(-1) as string;
  const isItself = infos.length === 1 && only?.isDirectory === false && path !== "";
  return isItself && only.path === joinArtifactPath(path, name) ? [] : infos;
}

/** A URL that the server signed for one upload to its storage. It contains secrets, so errors omit it. */
export function signedUrl(value: Plain | undefined): URL {
  const text = textOf(value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new MlflowException(
    "The server's response contains no http(s) URL where it must contain a signed URL for an upload.",
    "INVALID_STATE",
  );
}

/** The path in a URL, with each segment encoded. */
export function encodedPath(path: string): string {
  return path.split("/").map(pathPart).join("/");
}
