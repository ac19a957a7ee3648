import {
  RouterRunnable,
  type Runnable,
  RunnableAssign,
  RunnableBinding,
  RunnableBranch,
  RunnableEach,
  RunnableLambda,
  RunnableMap,
  RunnablePick,
  RunnableRetry,
  RunnableSequence,
} from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { type AnyRunnable, type Config, perform, type Stage } from "./perform.js";
import { type Body, inputOf, isChoosy, type Step } from "./program.js";
import {
  Bare,
  OwnRun,
  ProgramModel,
  ProgramRetriever,
  type Run,
  Spelling,
  TokenModel,
} from "./user-made.js";

/** The Runnable of a step, named `<prefix><id>`; what needs an input of its own gets it from a lambda. */
export function build(step: Step, stage: Stage, isGiven = false): AnyRunnable {
  const bare = buildStep(step, stage);
  if (isGiven || !isChoosy(step)) return bare;
  const prepare = RunnableLambda.from(() => inputOf(step));
  prepare.name = `${stage.prefix}${step.id}<`;
  const sequence = RunnableSequence.from<unknown, unknown>([prepare, bare]);
  sequence.name = `${stage.prefix}${step.id}+`;
  return sequence;
}

function buildStep(step: Step, stage: Stage): AnyRunnable {
  const name = `${stage.prefix}${step.id}`;
  const made = make(step, stage, name) as AnyRunnable;
  // A binding is asked for its name by nobody, and `rename` is named by its config.
  if (step.kind !== "bind" && step.kind !== "rename") made.name = name;
  return made;
}

function make(step: Step, stage: Stage, name: string): unknown {
  if ("body" in step) return makeBody(step.kind, step.body, stage, name);
  if ("count" in step) return makeStream(step, name);
  if (step.kind === "pick") return new RunnablePick("a");
  const inner = step.of.map((one) => build(one, stage));
  const [first, second] = inner as [AnyRunnable, AnyRunnable];
  switch (step.kind) {
    case "sequence":
      return RunnableSequence.from(inner as [AnyRunnable, AnyRunnable]);
    case "map":
      return mapOf(inner);
    case "assign": {
      const mapper = mapOf(inner);
      mapper.name = `${name}m`;
      return new RunnableAssign({ mapper });
    }
    case "fallback":
      return first.withFallbacks([second]);
    case "branch": {
      const condition = RunnableLambda.from(() => step.isMet) as Runnable<unknown, boolean>;
      condition.name = `${name}?`;
      return RunnableBranch.from([[condition, first], second]);
    }
    case "retry":
      return new RunnableRetry({ bound: first, kwargs: {}, config: {}, maxAttemptNumber: 2 });
    case "bind":
      return new RunnableBinding({ bound: first, kwargs: {}, config: { tags: ["bound"] } });
    case "rename":
      return new RunnableBinding({ bound: first, kwargs: {}, config: { runName: name } });
    case "router":
      return new RouterRunnable({ runnables: { one: first } });
    case "each":
      return new RunnableEach({ bound: first });
    case "give":
      return RunnableLambda.from(() => first);
  }
}

function mapOf(inner: readonly AnyRunnable[]): RunnableMap<Record<string, unknown>> {
  const entries = inner.map((one, index) => ["abc"[index], one] as const);
  return RunnableMap.from(Object.fromEntries(entries));
}

function makeBody(kind: Step["kind"], body: Body, stage: Stage, name: string): unknown {
  const built = body.actions.map((action) => ({
    action,
    runnables: action.steps.map((step) => build(step, stage)),
  }));
  const run: Run = (input, config) => perform({ body, built, stage, name, input, config });
  switch (kind) {
    case "lambda":
      return RunnableLambda.from((input: unknown, config) => run(input, config));
    case "tool":
      return tool(async ({ text }, config) => String(await run(text, config as Config)), {
        name,
        description: name,
        schema: z.object({ text: z.string() }),
      });
    case "retriever":
      return new ProgramRetriever(run);
    case "model":
      return new ProgramModel(run);
    case "own":
      return new OwnRun(run);
    default:
      return new Bare(run);
  }
}

function makeStream(step: Extract<Step, { count: number }>, name: string): unknown {
  const { kind, count, failAt } = step;
  const pieces = function* () {
    for (let at = 0; at < count; at += 1) {
      if (at === failAt) throw new RangeError(`no ${name}`);
      yield `${name}.${at} `;
    }
  };
  if (kind === "tokens") return new TokenModel(pieces);
  if (kind === "spell") return new Spelling(pieces);
  return RunnableLambda.from(async function* () {
    yield* pieces();
  });
}
