/** A class of LangChain. `lc_name` is a name that minification does not change. */
interface LangChainClass {
  readonly name: string;
  readonly lc_name?: () => unknown;
}

/**
 * Returns the name of an object's class. LangChain's own ids contain the class's `name`, which a bundler may have
 * changed, unless the class itself defines `lc_name`.
 *
 * @param id The name in the id that LangChain dumps the object with.
 */
export function classNameOf(value: object, id: unknown): unknown {
  const { constructor: maker } = value as { constructor?: LangChainClass };
  if (typeof maker?.lc_name !== "function" || id !== maker.name) return id;
  const stable = maker.lc_name();
  if (typeof stable !== "string" || stable === "") return id;
  return isRenamed(maker.name, stable) || isMinified(maker) ? stable : id;
}

/** Bundlers write `_Runnable` or `Runnable2` if a name is needed twice. */
function isRenamed(name: string, stable: string): boolean {
  return name.replace(/^_+|\d+$/g, "") === stable;
}

/** Each Runnable inherits from a class of the name `Runnable`, except where names are minified. */
function isMinified(maker: LangChainClass): boolean {
  for (let above: unknown = maker; typeof above === "function"; ) {
    if (/^_*Runnable\d*$/.test(above.name)) return false;
    above = Object.getPrototypeOf(above);
  }
  return true;
}
