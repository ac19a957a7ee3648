import { type PlainObject, toJson } from "../data/plain.js";
import { type ArtifactBytes, toArtifactJson } from "../runs/log-artifacts.js";
import { joinArtifactPath } from "../store/artifact-path.js";

/** The JSON files of a handler that are not yet on their way: a file is a request, and a stream has many. */
export class HeldFiles {
  characters = 0;
  #records = new Map<string, PlainObject>();
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  add(name: string, record: PlainObject, characters: number): void {
    this.#records.set(joinArtifactPath(this.#directory, `${name}.json`), record);
    this.characters += characters;
  }

  takeAll(): readonly ArtifactBytes[] {
    const records = this.#records;
    this.#records = new Map();
    this.characters = 0;
    return Array.from(records, ([path, record]) => ({ path, bytes: bytesOf(record) }));
  }
}

function bytesOf(record: PlainObject): Buffer {
  return Buffer.from(toArtifactJson(JSON.parse(toJson(record))));
}
