import { MlflowException } from "../../base/errors.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import { faultOf, joinArtifactPath } from "../artifact-path.js";
import type { ArtifactInfo, ArtifactSource } from "../artifact-store.js";
import { listOf, textOf } from "./json-fields.js";

/** One way to the artifacts of a root. Paths are checked; an empty one is the root. */
export interface ArtifactRoute {
  list(path: string): Promise<readonly ArtifactInfo[]>;
  upload(path: string, source: ArtifactSource, signal?: AbortSignal): Promise<void>;
  download(path: string, file: string, signal?: AbortSignal): Promise<void>;
  findLocally?(path: string): Promise<string | undefined>;
}

/**
 * What a server's listing says is in a directory. `names` says how it tells a path: from the root, or
 * from the directory. Throws when one is not directly in the directory: a file would be written elsewhere.
 */
export function infosOf(
  files: Plain | undefined,
  directory: string,
  names: "from root" | "from directory",
): ArtifactInfo[] {
  // Asked for a file, some stores name that file.
  const isItself = (file: PlainObject) =>
    names === "from root" && file.path === directory && file.is_dir !== true;
  const infos = listOf(files)
    .filter(isPlainObject)
    .filter((file) => !isItself(file))
    .map((file): ArtifactInfo => {
      const said = textOf(file.path);
      const prefix = names === "from directory" || directory === "" ? "" : `${directory}/`;
      const name = said.slice(prefix.length);
      const isDirectlyIn = said.startsWith(prefix) && !name.includes("/");
      const fault = isDirectlyIn ? faultOf(name) : "is not directly in that directory";
      if (fault !== undefined) {
        throw new MlflowException(
          `The server lists ${JSON.stringify(said)} in the artifact directory ${JSON.stringify(directory)}: that ${fault}, so nothing of it is taken.`,
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

/** Asked for a file's directory, some stores name the file itself. */
export function withoutItself(infos: ArtifactInfo[], path: string): ArtifactInfo[] {
  const [only] = infos;
  const name = path.split("/").at(-1) as string;
  const isItself = infos.length === 1 && only?.isDirectory === false && path !== "";
  return isItself && only.path === joinArtifactPath(path, name) ? [] : infos;
}

/** The address in a storage that a server has signed for one request. It contains secrets, so errors do not show it. */
export function signedAddress(value: Plain | undefined): URL {
  const text = textOf(value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new MlflowException(
    "The server answered with no http(s) address where it should have signed one for an upload.",
    "INVALID_STATE",
  );
}

/** In a URL: each segment on its own. */
export function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
