import { type OnRedactionFailed, Redactor } from "../trace/redact.js";
import { SpanAttributeKey } from "../trace/span.js";
import type { Call, OpenSpan } from "./call.js";

/** Attributes set by this package, without data of the app. */
const OWN_ATTRIBUTES = /^langchain\./;
const OWN_KEYS: ReadonlySet<string> = new Set([
  SpanAttributeKey.TOKEN_USAGE,
  SpanAttributeKey.MESSAGE_FORMAT,
]);

/** Replaces every value of a sealed Call by what the user's `redact` returns for it. Does so once. */
export function redactCall(call: Call, onFailed: OnRedactionFailed): void {
  const { redact } = call;
  if (!redact) return;
  const redactor = new Redactor(redact, onFailed);
  for (const span of call.spans) redactSpan(span, redactor);
  const { name: spanName = "", spanType = "" } = call.spans.find(({ parent }) => !parent) ?? {};
  const ofTrace = { spanName, spanType };
  const { shown, given } = call;
  if (shown?.input !== undefined) {
    shown.input = redactor.value(shown.input, { field: "inputs", ...ofTrace });
  }
  if (shown?.output !== undefined) {
    shown.output = redactor.value(shown.output, { field: "outputs", ...ofTrace });
  }
  for (const name of ["clientRequestId", "requestPreview", "responsePreview"] as const) {
    const text = given?.[name];
    if (text !== undefined)
      given![name] = redactor.text(text, { field: "metadata", name, ...ofTrace });
  }
  if (call.sessionId !== undefined) {
    call.sessionId = redactor.text(call.sessionId, { field: "session", ...ofTrace });
  }
  redactor.texts(call.tags, (name) => ({ field: "tag", name, ...ofTrace }));
  redactor.texts(call.metadata, (name) => ({ field: "metadata", name, ...ofTrace }));
  call.redact = undefined;
}

function redactSpan(span: OpenSpan, redactor: Redactor): void {
  const { name: spanName, spanType } = span;
  const where = { spanName, spanType };
  if (span.inputs !== undefined) {
    span.setInputs(redactor.value(span.inputs, { field: "inputs", ...where }));
  }
  if (span.outputs !== undefined) {
    span.setOutputs(redactor.value(span.outputs, { field: "outputs", ...where }));
  }
  if (span.statusMessage !== "") {
    const message = redactor.text(span.statusMessage, { field: "statusMessage", ...where });
    span.setStatus(span.status, message);
  }
  span.replaceAttributes((value, name, of) => {
    const isOwn = of === "span" && (OWN_ATTRIBUTES.test(name) || OWN_KEYS.has(name));
    const field = of === "span" ? "attribute" : "event";
    return isOwn ? value : redactor.value(value, { field, name, ...where });
  });
  const links = span.links?.map((link) => {
    const attributes = Object.entries(link.attributes).map(([name, value = null]) => [
      name,
      redactor.value(value, { field: "link", name, ...where }),
    ]);
    return { ...link, attributes: Object.fromEntries(attributes) };
  });
  span.setLinks(links);
}
