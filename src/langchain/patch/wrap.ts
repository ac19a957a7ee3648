import shimmer from "shimmer";
import { guard } from "../../base/log.js";

// By default, shimmer logs errors to the console.
shimmer({ logger: () => {} });

export type Method = (this: unknown, ...args: unknown[]) => unknown;
export type Undo = () => void;

/**
 * Replaces an own method, keeping its name, length and flags. The returned function restores the original. If another
 * library has wrapped our wrapper since, both stay and ours does nothing (see `isOn` in `calls.ts`).
 */
export function wrapOwnMethod(
  owner: object,
  name: string,
  wrap: (original: Method) => Method,
): Undo | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (typeof descriptor?.value !== "function" || !descriptor.configurable) return undefined;
  const original = new Original(descriptor.value as Method);
  const ours = wrap(original.method);
  shimmer.wrap(owner as Record<string, Method>, name, () => ours);
  original.describe(ours);
  return guard("unwrap", () => {
    if (Object.getOwnPropertyDescriptor(owner, name)?.value === ours) {
      Object.defineProperty(owner, name, { ...descriptor, value: original.current });
    }
  });
}

/** A wrapper made by shimmer, which OpenTelemetry's instrumentations use too. */
interface Shimmed extends Method {
  readonly __wrapped: true;
  readonly __original: Method;
}

const MARKS = ["__wrapped", "__original", "__unwrap"];

/**
 * The method that a wrapper of ours calls. Another tracer removes its own wrapper through shimmer's marks on the topmost
 * wrapper, which may be ours. So our wrapper has the marks of the wrapper below it, and `__unwrap` removes that one.
 */
class Original {
  current: Method;
  readonly method: Method;

  constructor(current: Method) {
    this.current = current;
    const original = this;
    this.method = isShimmed(current)
      ? function (this: unknown, ...args: unknown[]) {
          return original.current.apply(this, args);
        }
      : current;
  }

  describe(ours: Method): void {
    const { name, length } = this.current;
    Object.defineProperty(ours, "name", { value: name, configurable: true });
    Object.defineProperty(ours, "length", { value: length, configurable: true });
    for (const mark of MARKS) delete (ours as unknown as Record<string, unknown>)[mark];
    if (!isShimmed(this.current)) return;
    const mark = <T>(get: (theirs: Shimmed) => T) => ({
      get: () => (isShimmed(this.current) ? get(this.current) : undefined),
    });
    Object.defineProperties(ours, {
      __wrapped: mark(() => true),
      __original: mark(({ __original }) => __original),
      __unwrap: mark(({ __original }) => () => {
        this.current = __original;
      }),
    });
  }
}

function isShimmed(method: Method): method is Shimmed {
  const { __wrapped, __original } = method as Partial<Shimmed>;
  return __wrapped === true && typeof __original === "function";
}
