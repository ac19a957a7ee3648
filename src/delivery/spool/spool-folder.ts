import { createHash } from "node:crypto";
import { join } from "node:path";
import { lockRun } from "./run-lock.js";
import type { SpoolEffects } from "./spool-effects.js";
import {
  decodeSpoolFile,
  encodeSpoolFile,
  type SpoolContent,
  type SpoolItem,
  type SpoolPlace,
} from "./spool-file.js";
import { codeOf } from "./spool-files.js";
import { newName, readName } from "./spool-name.js";

/** A file that this process has claimed: no other process sends its items. */
export interface ClaimedFile {
  readonly name: string;
  readonly content: SpoolContent;
}

/** A new file, and its size. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
}

/** Between the name of a file and its owner. */
const CLAIM_MARK = ".";

/** The name of the folder for a server, and a workspace in it. */
export function folderNameOf({ uri, workspace = "" }: SpoolPlace): string {
  const key = `${uri.replace(/\/+$/, "")}\n${workspace}`;
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}

/**
 * The folder of the items for one server. A file is written in `tmp` and renamed into `new`. A process claims it by a rename
 * to `cur` with its own name at the end. Then it removes the file, or moves it back to `new`, or to `dead`.
 */
export class SpoolFolder {
  readonly place: SpoolPlace;
  readonly path: string;
  readonly #effects: SpoolEffects;
  isMade = false;

  constructor(root: string, place: SpoolPlace, effects: SpoolEffects) {
    this.place = place;
    this.path = join(root, folderNameOf(place));
    this.#effects = effects;
  }

  /** Writes items for any process. */
  write(items: readonly SpoolItem[]): WrittenFile {
    return this.#add(items, "new");
  }

  /** Writes items that this process continues to send. */
  writeClaimed(items: readonly SpoolItem[]): WrittenFile {
    return this.#add(items, "cur");
  }

  /** Writes items that the server refuses, with its answer. */
  bury(items: readonly SpoolItem[], answer: string): WrittenFile {
    return this.#add(items, "dead", answer);
  }

  #add(items: readonly SpoolItem[], to: "new" | "cur" | "dead", answer?: string): WrittenFile {
    const { files, now } = this.#effects;
    const content = encodeSpoolFile(this.place, items, answer);
    const bytes = content.length;
    const name = newName({ createdAtMs: now(), items: items.length, bytes });
    const path = join(this.path, "tmp", name);
    const add = () => {
      this.#make();
      files.write(path, content);
      this.#move("tmp", name, to, to === "cur" ? this.#claimOf(name) : name);
    };
    try {
      add();
    } catch (cause) {
      // What was written before the disk was full would take its last bytes.
      this.#tryRemove(path);
      if (codeOf(cause) !== "ENOENT" || !this.isMade) throw cause;
      // The user, or a program that cleans up, has removed the folder.
      this.isMade = false;
      add();
    }
    return { name, bytes };
  }

  #make(): void {
    if (this.isMade) return;
    for (const name of ["tmp", "new", "cur", "dead"]) {
      this.#effects.files.makeFolder(join(this.path, name));
    }
    this.isMade = true;
  }

  /** The names of the files that no living process has claimed, from the oldest to the newest. */
  waiting(): string[] {
    const { files } = this.#effects;
    if (files.list(this.path).length > 0) {
      // A program that cleans up, or that copies files, may leave out empty folders. Without them no file can be moved.
      this.isMade = false;
      this.#make();
    }
    for (const claim of files.list(join(this.path, "cur"))) this.#freeIfLeft(claim);
    const names = files.list(join(this.path, "new"));
    // Another program may have left files here.
    return names.filter((name) => readName(name) !== undefined).sort();
  }

  #freeIfLeft(claim: string): void {
    const { files, owner, now } = this.#effects;
    const mark = claim.indexOf(CLAIM_MARK);
    const name = claim.slice(0, mark);
    try {
      const claimedAtMs = files.changedAtMs(join(this.path, "cur", claim));
      if (mark > 0 && owner.isGone(claim.slice(mark + 1), claimedAtMs, now())) {
        this.#move("cur", claim, "new", name);
      }
    } catch {
      // Another process was faster, or its owner has removed the file.
    }
  }

  /** The names of the files that the server has refused, and of those that are damaged, from the oldest to the newest. */
  refused(): string[] {
    const names = this.#effects.files.list(join(this.path, "dead"));
    if (names.length > 0) this.waiting();
    return names.filter((name) => readName(name) !== undefined).sort();
  }

  /**
   * Claims and reads a file. "taken": another process was faster. Files of later versions stay where they are.
   *
   * @throws Node's error if the file cannot be read. It stays where it is.
   */
  claim(name: string, from: "new" | "dead" = "new"): ClaimedFile | "taken" | "damaged" | "newer" {
    const { files } = this.#effects;
    try {
      this.#move(from, name, "cur", this.#claimOf(name));
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return "taken";
      throw cause;
    }
    let bytes: Uint8Array;
    try {
      bytes = files.read(join(this.path, "cur", this.#claimOf(name)));
    } catch (cause) {
      // Another user may be able to read it.
      this.release(name, from);
      throw cause;
    }
    const content = decodeSpoolFile(bytes);
    if (content === "newer") this.release(name, from);
    else if (content === "damaged") this.#move("cur", this.#claimOf(name), "dead", name);
    else return { name, content };
    return content;
  }

  /** Calls `lockRun()` for this folder. */
  lockRun(key: string): (() => void) | undefined {
    return lockRun(this.path, key, this.#effects);
  }

  /** The number of items of a file, which its name says. */
  itemsOf(name: string): number {
    return readName(name)?.items ?? 0;
  }

  /** Puts a claimed file on the disk: it outlives a crash of the machine. */
  sync(name: string): void {
    this.#effects.files.sync(join(this.path, "cur", this.#claimOf(name)));
  }

  /** Returns a claimed file to all processes, or to the refused ones. */
  release(name: string, to: "new" | "dead" = "new"): void {
    this.#move("cur", this.#claimOf(name), to, name);
  }

  /** Removes a claimed file. Its items are stored, or in another file. */
  remove(name: string): void {
    this.#effects.files.remove(join(this.path, "cur", this.#claimOf(name)));
  }

  #claimOf(name: string): string {
    return `${name}${CLAIM_MARK}${this.#effects.owner.name}`;
  }

  #move(from: string, name: string, to: string, newNameOfIt: string): void {
    this.#effects.files.rename(join(this.path, from, name), join(this.path, to, newNameOfIt));
  }

  #tryRemove(path: string): void {
    try {
      this.#effects.files.remove(path);
    } catch {
      // The error of the write is reported.
    }
  }
}
