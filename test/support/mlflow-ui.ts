import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import vm from "node:vm";
import { mlflowProgram } from "./python.js";

/** The scripts of MLflow's UI, as MLflow's package contains them. */
const SCRIPTS = "mlflow/server/js/build/static/js";

interface ChatMessage {
  readonly role: string;
  readonly content?: string | null;
}

/** MLflow's own function: converts the inputs or outputs of a span to chat messages, or returns null. */
type Normalize = (value: unknown, format: string) => readonly ChatMessage[] | null;

type WebpackRequire = ((id: string) => Record<string, unknown>) & {
  readonly m: Record<string, object>;
};

let found: Normalize | undefined;

/** Returns the messages that MLflow's UI shows for the inputs or outputs of a span, or null if it shows no chat. */
export function chatView(value: unknown, format = "langchain"): readonly ChatMessage[] | null {
  found ??= loadNormalize();
  return found(structuredClone(value), format);
}

/** Finds the function by the formats it distinguishes, and by what it returns for a message: names are minified. */
function loadNormalize(): Normalize {
  const require = loadScripts();
  const ids = Object.keys(require.m).filter((id) => {
    const source = String(require.m[id]);
    return source.includes('case"langchain"') && source.includes('case"bedrock"');
  });
  for (const id of ids) {
    const exported = Object.values(exportsOf(require, id)).filter(
      (value) => typeof value === "function",
    );
    const normalize = (exported as Normalize[]).find(isNormalize);
    if (normalize) return normalize;
  }
  throw new Error(`MLflow's UI has no function that reads chat messages: ${ids.join(", ")}`);
}

function exportsOf(require: WebpackRequire, id: string): Record<string, unknown> {
  try {
    return require(id);
  } catch {
    return {};
  }
}

function isNormalize(candidate: Normalize): boolean {
  try {
    const shown = candidate([{ role: "user", content: "probe" }], "langchain");
    const hidden = candidate([{ role: "nobody", content: "probe" }], "langchain");
    return shown?.[0]?.content === "probe" && shown[0].role === "user" && hidden === null;
  } catch {
    return false;
  }
}

/** Runs the scripts in a context of their own, and asks webpack for its `require`. */
function loadScripts(): WebpackRequire {
  const library = join(dirname(dirname(mlflowProgram("mlflow"))), "lib");
  const [python = ""] = readdirSync(library);
  const folder = join(library, python, "site-packages", SCRIPTS);
  const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
  // The chunks wait in an array until the main script takes them.
  files.sort((a, b) => Number(a.startsWith("main.")) - Number(b.startsWith("main.")));
  const context = vm.createContext(browserLike());
  let chunks = "";
  for (const file of files) {
    const source = readFileSync(join(folder, file), "utf8");
    chunks ||= /webpackChunk\w*/.exec(source)?.[0] ?? "";
    try {
      vm.runInContext(source, context, { filename: file });
    } catch {
      // The app itself cannot start without a page.
    }
  }
  const global = context as Record<string, unknown>;
  (global[chunks] as unknown[][]).push([
    ["probe"],
    {},
    (require: unknown) => {
      global.probed = require;
    },
  ]);
  return global.probed as WebpackRequire;
}

/** The globals of a page. Whatever a script does with an element has no effect. */
function browserLike(): object {
  const element: object = new Proxy(function element() {}, {
    get: (_target, name) => {
      if (name === Symbol.toPrimitive) return () => "";
      return name === "length" ? 0 : element;
    },
    apply: () => element,
    construct: () => element,
    set: () => true,
  });
  const names = "document localStorage sessionStorage HTMLElement Element Node navigator history";
  const location = { href: "http://x/", origin: "http://x", pathname: "/", search: "", hash: "" };
  const page: Record<string, unknown> = {
    location,
    console: {},
    URL,
    URLSearchParams,
    TextEncoder,
  };
  for (const name of names.split(" ")) page[name] = element;
  for (const name of ["addEventListener", "removeEventListener", "matchMedia", "setTimeout"]) {
    page[name] = () => element;
  }
  return Object.assign(page, { self: page, window: page, globalThis: page });
}
