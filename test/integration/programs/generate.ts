import type { Action, Body, Drive, Leaving, Program, Step } from "./program.js";
import { Dice } from "./random.js";

/** What may stand at a place of a program, so that its traces can be told beforehand. */
interface Rules {
  /** How the step is called; `lazy`: as a stream that is not read to its end. */
  readonly mode: "invoke" | "stream" | "lazy";
  readonly depth: number;
  /** It may throw out of itself. */
  readonly mayFail: boolean;
  /** It may give some chunks and then throw: what tees its input would go on without. */
  readonly mayBreakOff: boolean;
  /** In a map that streams what fails waits until the other branches are through. */
  readonly isFailingLate: boolean;
  /** No timers: they would be under way when the stream is left. */
  readonly isQuiet: boolean;
  /** It is called for several inputs: what fails once would fail for any of them. */
  readonly isRepeated: boolean;
  readonly isInRetry: boolean;
  /** Exactly one step in here hangs until the call is ended. */
  readonly hangs: boolean;
  /** No step follows it: LangChain 0.3 would go on to that one when what hung is let go. */
  readonly hangsLast: boolean;
  /** The whole call is ended from outside. */
  readonly isStopped: boolean;
  /** Calls after the end: here, or only elsewhere in this program. */
  readonly late: "here" | "elsewhere" | "none";
}

/** The program of a seed. */
export function generate(seed: number): Program {
  const dice = new Dice(seed);
  const drive = chooseDrive(dice);
  const isStream = drive.how !== "invoke" && drive.how !== "batch";
  const lazy = drive.leaveAfter !== undefined;
  const generator = new Generator(dice, drive.how === "events v2");
  const rules: Rules = {
    mode: lazy ? "lazy" : isStream ? "stream" : "invoke",
    depth: 0,
    mayFail: drive.stop === undefined,
    mayBreakOff: true,
    isFailingLate: false,
    isQuiet: lazy || drive.stop !== undefined,
    isRepeated: drive.how === "batch",
    isInRetry: false,
    hangs: drive.stop !== undefined,
    hangsLast: false,
    isStopped: drive.stop !== undefined,
    late: drive.how === "invoke" && !drive.stop && dice.chance(0.15) ? "here" : "none",
  };
  // LangChain 0.3 knows no timeout of a lone step, and neither tells events of what makes no run.
  const isSequence = drive.stop === "timeout" || drive.how.startsWith("events");
  const root = isSequence ? generator.sequence(rules) : generator.step(rules);
  return { root, drive };
}

function chooseDrive(dice: Dice): Drive {
  const roll = dice.next();
  const items = dice.between(1, 3);
  if (roll < 0.32) return { how: "invoke", items };
  if (roll < 0.45) return { how: "batch", items };
  if (roll < 0.62) return { how: "stream", items };
  if (roll < 0.68) return { how: "transform", items };
  if (roll < 0.71) return { how: "events v1", items };
  if (roll < 0.76) return { how: "events v2", items };
  if (roll < 0.92) return { how: "stream", items, ...leaving(dice) };
  const stop = dice.chance(0.7) ? "signal" : "timeout";
  return { how: dice.chance(0.5) ? "invoke" : "stream", items, stop };
}

function leaving(dice: Dice): { leaveAfter: number; leaveBy: Leaving } {
  const leaveBy = dice.oneOf(["break", "return", "cancel"] as const);
  return { leaveAfter: dice.between(1, 3), leaveBy };
}

type Kind = Step["kind"];

const LEAVES: readonly Kind[] = ["lambda", "lambda", "own", "bare", "pick"];
const SOURCES: readonly Kind[] = [
  "tool",
  "retriever",
  "model",
  "tokens",
  "chunks",
  "chunks",
  "spell",
];
const COMPOSED: readonly Kind[] = ["sequence", "sequence", "fallback", "branch", "bind", "rename"];
const MORE: readonly Kind[] = ["map", "map", "assign", "router", "each", "give", "retry"];
/** A step that hangs may stand in these alone: the others would go on after the call was ended. */
const HANGING: readonly Kind[] = ["lambda", "lambda", "own", "bare", "sequence", "map", "branch"];
const HANGING_TOO: readonly Kind[] = ["fallback", "bind", "rename", "router", "assign", "give"];

class Generator {
  readonly #dice: Dice;
  /** LangChain aborts what is still running when the events end. */
  readonly #abortsAtEnd: boolean;
  #count = 0;

  constructor(dice: Dice, abortsAtEnd: boolean) {
    this.#dice = dice;
    this.#abortsAtEnd = abortsAtEnd;
  }

  step(rules: Rules): Step {
    const kind = this.#kind(rules);
    if (kind === "sequence") return this.sequence(rules);
    const id = this.#id();
    const inner = { ...rules, depth: rules.depth + 1 };
    switch (kind) {
      case "pick":
        return { kind, id };
      case "tokens":
      case "chunks":
      case "spell":
        return this.#pieces(kind, id, rules);
      case "map":
      case "assign":
        return { kind, id, of: this.#branches(inner, kind) };
      case "fallback":
        return { kind, id, of: this.#fallback(inner) };
      case "branch":
        return this.#branch(id, inner);
      case "retry":
        return { kind, id, of: [this.#retried(inner)] };
      case "each":
        return { kind, id, of: [this.step({ ...inner, mode: "invoke", isRepeated: true })] };
      case "bind":
      case "rename":
      case "router":
      case "give":
        return { kind, id, of: [this.step(inner)] };
      default:
        return { kind, id, body: this.#body(kind, inner) };
    }
  }

  sequence(rules: Rules): Step {
    const id = this.#id();
    const length = this.#dice.between(2, 3);
    const place = this.#dice.between(0, length - 1);
    const hanging = rules.hangsLast ? length - 1 : place;
    const of: Step[] = [];
    let mayBreakOff = rules.mayBreakOff;
    // From the last to the first, as it depends on what comes after whether a step may break off.
    for (let at = length - 1; at >= 0; at -= 1) {
      const hangs = rules.hangs && at === hanging;
      of.unshift(this.step({ ...rules, depth: rules.depth + 1, hangs, mayBreakOff }));
      mayBreakOff &&= !hasTee(of[0]!);
    }
    return { kind: "sequence", id, of };
  }

  #id(): string {
    this.#count += 1;
    return `n${this.#count}`;
  }

  #kind(rules: Rules): Kind {
    const isDeep = rules.depth >= 3 || this.#count > 8;
    if (rules.hangs) {
      if (isDeep) return "lambda";
      const kind = this.#dice.oneOf([...HANGING, ...HANGING_TOO]);
      return !rules.mayBreakOff && (kind === "map" || kind === "assign") ? "lambda" : kind;
    }
    const pool = this.#dice.oneOf([LEAVES, SOURCES, ...(isDeep ? [] : [COMPOSED, COMPOSED, MORE])]);
    const kind = this.#dice.oneOf(pool);
    return kind === "retry" && rules.isInRetry ? "lambda" : kind;
  }

  #pieces(kind: "tokens" | "chunks" | "spell", id: string, rules: Rules): Step {
    const count = this.#dice.between(1, 4);
    const mayFail = rules.mayFail && !rules.isFailingLate;
    if (!mayFail || !this.#dice.chance(0.2)) return { kind, id, count };
    const isMidway = rules.mode === "invoke" || rules.mayBreakOff;
    return { kind, id, count, failAt: isMidway ? this.#dice.between(0, count - 1) : 0 };
  }

  /** Of several branches that stream, at most one fails or hangs. */
  #branches(rules: Rules, kind: "map" | "assign"): Step[] {
    const isStream = rules.mode !== "invoke";
    const length = rules.mode === "lazy" ? 1 : this.#dice.between(1, 3);
    const special = this.#dice.between(0, length - 1);
    const mayFail = rules.mayFail && (!isStream || rules.mayBreakOff);
    return Array.from({ length }, (_, at) => {
      const isSpecial = at === special;
      const hangs = rules.hangs && isSpecial;
      if (!isStream) return this.step({ ...rules, hangs });
      const isAlone = length === 1 && kind === "map";
      const isFailingLate = rules.isFailingLate || !isAlone;
      const isFailing = mayFail && isSpecial && !(isFailingLate && rules.isQuiet);
      return this.step({
        ...rules,
        hangs,
        isFailingLate,
        isQuiet: rules.isQuiet || (!isAlone && !isFailing),
        mayFail: isFailing,
        mayBreakOff: rules.mayBreakOff && isAlone,
      });
    });
  }

  #fallback(rules: Rules): [Step, Step] {
    const first = { ...rules, mayFail: !rules.hangs && !mustNotFail(rules) };
    return [this.step(first), this.step({ ...rules, hangs: false })];
  }

  #branch(id: string, rules: Rules): Step {
    const isMet = this.#dice.chance(0.6);
    const met = this.step({ ...rules, hangs: rules.hangs && isMet });
    return {
      kind: "branch",
      id,
      isMet,
      of: [met, this.step({ ...rules, hangs: rules.hangs && !isMet })],
    };
  }

  #retried(rules: Rules): Step {
    const inner = { ...rules, isInRetry: true, mayFail: rules.mayFail && !rules.isQuiet };
    const mayFlake = rules.mode === "invoke" && inner.mayFail && !rules.isRepeated;
    if (!mayFlake || this.#dice.chance(0.4)) return this.step(inner);
    const body = this.#body("lambda", inner);
    return { kind: "lambda", id: this.#id(), body: { ...body, end: "flaky" } };
  }

  #body(kind: Kind, rules: Rules): Body {
    const isDeep = rules.depth > 3 || this.#count > 9;
    const count = isDeep ? 0 : this.#dice.oneOf([0, 0, 1, 1, 2]);
    if (rules.hangs) return this.#hangingBody(kind, isDeep);
    const actions = Array.from({ length: count }, () => this.#action(kind, rules));
    const fails = rules.mayFail && this.#dice.chance(0.22);
    const isLate = fails && rules.isFailingLate;
    const isSlow = isLate || (!rules.isQuiet && this.#dice.chance(0.15));
    const last = actions.at(-1);
    const hasLast = last?.what === "invoke" && !last.isCaught && this.#dice.chance(0.4);
    const end = fails ? "throw" : hasLast ? "last" : "value";
    return { actions, end, isSlow };
  }

  /** Either hangs itself (and is left to do so, as its run is), or calls what hangs, with its config. */
  #hangingBody(kind: Kind, isDeep: boolean): Body {
    if (kind !== "bare" && (isDeep || this.#dice.chance(0.6)))
      return { actions: [], end: "hang", isSlow: false };
    const what = this.#dice.oneOf(["invoke", "read"] as const);
    const rules: Rules = { ...QUIET, hangs: true, hangsLast: what === "read" };
    const step = this.step({ ...rules, mode: what === "read" ? "stream" : "invoke" });
    const action: Action = { ...PLAIN, what, steps: [step], isLinked: true };
    return { actions: [action], end: "value", isSlow: false };
  }

  #action(kind: Kind, rules: Rules): Action {
    const what = this.#dice.oneOf(actionsWithin(rules));
    const dice = this.#dice;
    const isCaught = dice.chance(0.25);
    const mayFail = what !== "late" && (isCaught ? !mustNotFail(rules) : rules.mayFail);
    const isLeft = what === "leave" || what === "unread";
    const inner: Rules = {
      ...rules,
      depth: rules.depth + 1,
      mode: isLeft ? "lazy" : what === "read" ? "stream" : "invoke",
      mayFail: what === "detach" ? !mustNotFail(rules) : mayFail,
      mayBreakOff: true,
      isQuiet: rules.isQuiet || isLeft || (what === "detach" && this.#abortsAtEnd),
      isRepeated: rules.isRepeated || what === "batch",
      late: rules.late === "none" ? "none" : "elsewhere",
    };
    const steps = Array.from({ length: what === "parallel" ? 2 : 1 }, () => this.step(inner));
    return {
      what,
      steps,
      isLinked: kind !== "model" && dice.chance(0.5),
      isSame: dice.chance(0.5),
      isCaught,
      after: dice.between(1, 2),
      by: leaving(dice).leaveBy,
    };
  }
}

function actionsWithin({ late, isStopped }: Rules): Action["what"][] {
  const whats: Action["what"][] = ["invoke", "invoke", "batch", "parallel", "read", "detach"];
  if (late === "here") whats.push("late", "late");
  if (late === "none" && !isStopped) whats.push("unread");
  // To leave takes a few turns, in which the call may be ended.
  if (!isStopped) whats.push("leave");
  return whats;
}

const QUIET: Rules = {
  mode: "invoke",
  depth: 2,
  mayFail: false,
  mayBreakOff: true,
  isFailingLate: false,
  isQuiet: true,
  isRepeated: false,
  isInRetry: true,
  hangs: false,
  hangsLast: false,
  isStopped: true,
  late: "none",
};

const PLAIN: Action = {
  what: "invoke",
  steps: [],
  isLinked: false,
  isSame: true,
  isCaught: false,
  after: 1,
  by: "break",
};

/** Even what is caught takes its time, where failing has to be late and nothing may be. */
function mustNotFail({ isFailingLate, isQuiet }: Rules): boolean {
  return isFailingLate && isQuiet;
}

function hasTee(step: Step): boolean {
  if (step.kind === "map" || step.kind === "assign") return true;
  return "of" in step && step.of.some(hasTee);
}
