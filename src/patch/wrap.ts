import shimmer from "shimmer";
import { guard } from "../log.js";

// shimmer tells its troubles on the console unless it is given another place.
shimmer({ logger: () => {} });

export type Method = (this: unknown, ...args: unknown[]) => unknown;
export type Undo = () => void;

/**
 * Replaces an own method, keeping its name, length and flags. `undo` restores the original; should
 * somebody have wrapped ours since, theirs stays and ours only falls silent (see `isOn` in `calls.ts`).
 */
export function wrapOwnMethod(
  owner: object,
  name: string,
  wrap: (original: Method) => Method,
): Undo | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (typeof descriptor?.value !== "function" || !descriptor.configurable) return undefined;
  const methods = owner as Record<string, Method>;
  const original = descriptor.value as Method;
  shimmer.wrap(methods, name, () => {
    const wrapper = wrap(original);
    Object.defineProperty(wrapper, "name", { value: original.name, configurable: true });
    Object.defineProperty(wrapper, "length", { value: original.length, configurable: true });
    return wrapper;
  });
  const ours = methods[name];
  return guard("unwrap", () => {
    if (Object.getOwnPropertyDescriptor(owner, name)?.value === ours) {
      Object.defineProperty(owner, name, descriptor);
    }
  });
}
