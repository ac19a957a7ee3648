/** The reason of an aborted signal. By this name, LangChain recognizes a call that it must not repeat. */
export function abortError(message: string): DOMException {
  return new DOMException(message, "AbortError");
}
