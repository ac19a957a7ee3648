/** A LangChain program as data: it can be built, its traces predicted, and both shown as text. */
export interface Program {
  readonly root: Step;
  readonly drive: Drive;
}

/** How the app calls the root, and how it ends the call. */
export interface Drive {
  readonly how: "invoke" | "batch" | "stream" | "transform" | "events v1" | "events v2";
  /** Of a batch. */
  readonly items: number;
  /** Chunks that are read before the stream is left. */
  readonly leaveAfter?: number;
  readonly leaveBy?: Leaving;
  /** What ends a call in which a step hangs. */
  readonly stop?: "signal" | "timeout";
}

export type Leaving = "break" | "return" | "cancel";

/** What a user's own code does inside a step. */
export interface Body {
  readonly actions: readonly Action[];
  /** `last` hands back what the last action gave; `flaky` throws the first time. */
  readonly end: "value" | "throw" | "flaky" | "hang" | "last";
  /** Takes a few milliseconds before it ends. */
  readonly isSlow: boolean;
}

export interface Action {
  readonly what: "invoke" | "batch" | "read" | "leave" | "unread" | "detach" | "parallel" | "late";
  readonly steps: readonly Step[];
  /** Hands the config on; else it is forgotten. */
  readonly isLinked: boolean;
  /** Hands on the very input that came. */
  readonly isSame: boolean;
  readonly isCaught: boolean;
  /** Of `leave`. */
  readonly after: number;
  readonly by: Leaving;
}

/** What makes a run of its own around user code, or (bare) none. */
export type BodyKind = "lambda" | "tool" | "retriever" | "model" | "own" | "bare";

export type Step =
  | { readonly kind: BodyKind; readonly id: string; readonly body: Body }
  /** A model that streams, a generator function, a Runnable with a stream of its own and no run. */
  | {
      readonly kind: "tokens" | "chunks" | "spell";
      readonly id: string;
      readonly count: number;
      readonly failAt?: number;
    }
  | {
      readonly kind: "sequence" | "map" | "assign";
      readonly id: string;
      readonly of: readonly Step[];
    }
  /** The second is taken when the first fails, or when the condition is not met. */
  | { readonly kind: "fallback"; readonly id: string; readonly of: readonly [Step, Step] }
  | {
      readonly kind: "branch";
      readonly id: string;
      readonly isMet: boolean;
      readonly of: readonly [Step, Step];
    }
  /** `give` is a lambda that returns a Runnable; `bind` is `withConfig`, `rename` with a run name. */
  | {
      readonly kind: "retry" | "bind" | "rename" | "router" | "each" | "give";
      readonly id: string;
      readonly of: readonly [Step];
    }
  | { readonly kind: "pick"; readonly id: string };

/** Whether a step takes only an input of its own kind: in a chain a lambda prepares it. */
export function isChoosy({ kind }: Step): boolean {
  return ["tool", "router", "each", "pick", "assign", "model", "tokens"].includes(kind);
}

/** What a step takes; most take anything. */
export function inputOf(step: Step): unknown {
  switch (step.kind) {
    case "tool":
      return { text: "in" };
    case "router":
      return { key: "one", input: "in" };
    case "each":
      return ["one", "two"];
    case "pick":
    case "assign":
      return { a: "in", z: "z" };
    default:
      return "in";
  }
}

export function textOf({ root, drive }: Program): string {
  const { how, items, leaveAfter, leaveBy, stop } = drive;
  const left = leaveAfter === undefined ? "" : `, ${leaveBy} after ${leaveAfter}`;
  const times = how === "batch" ? ` of ${items}` : "";
  return `${how}${times}${left}${stop ? `, ended by ${stop}` : ""}\n${textOfStep(root, "  ")}`;
}

function textOfStep(step: Step, indent: string): string {
  const inner = `${indent}  `;
  const lines = [`${indent}${step.kind} ${step.id}${detailsOf(step)}`];
  if ("of" in step) for (const one of step.of) lines.push(textOfStep(one, inner));
  if ("body" in step)
    for (const action of step.body.actions) lines.push(textOfAction(action, inner));
  return lines.join("\n");
}

function detailsOf(step: Step): string {
  if ("body" in step) return `: ${step.body.isSlow ? "slow " : ""}${step.body.end}`;
  if ("count" in step) {
    return ` ×${step.count}${step.failAt === undefined ? "" : `, fails at ${step.failAt}`}`;
  }
  return step.kind === "branch" ? (step.isMet ? " met" : " not met") : "";
}

function textOfAction(action: Action, indent: string): string {
  const { what, isLinked, isSame, isCaught, after, by, steps } = action;
  const how = [isLinked ? "linked" : "forgotten", isSame && "same", isCaught && "caught"];
  if (what === "leave") how.push(`${by} after ${after}`);
  const inner = steps.map((step) => textOfStep(step, `${indent}  `));
  return [`${indent}- ${what} ${how.filter(Boolean).join(" ")}`, ...inner].join("\n");
}

/** Whether several failures race: which of them the app receives depends on turns of the event loop. */
export function hasRace(step: Step): boolean {
  if ("body" in step) {
    return step.body.actions.some(({ steps }) => canRace(steps) || steps.some(hasRace));
  }
  if (!("of" in step)) return false;
  const isMap = step.kind === "map" || step.kind === "assign";
  return (isMap && canRace(step.of)) || step.of.some(hasRace);
}

const canRace = (steps: readonly Step[]) => steps.filter(canFail).length > 1;

function canFail(step: Step): boolean {
  if ("of" in step) return step.of.some(canFail);
  if (!("body" in step)) return "failAt" in step;
  const { end, actions } = step.body;
  return ["throw", "flaky"].includes(end) || actions.some(({ steps }) => steps.some(canFail));
}

/**
 * Whether anything in it runs side by side, as the steps of a chain do that streams: then its parts
 * have no order among one another.
 */
export function isParallel({ root, drive }: Program): boolean {
  return drive.how !== "invoke" || hasParallel(root);
}

function hasParallel(step: Step): boolean {
  if (["map", "assign", "each"].includes(step.kind)) return true;
  if ("of" in step) return step.of.some(hasParallel);
  if (!("body" in step)) return false;
  return step.body.actions.some(({ what, steps }) => what !== "invoke" || steps.some(hasParallel));
}
