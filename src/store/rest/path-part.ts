/** Encodes one part of the path of a request. `encodeURIComponent` throws for a lone surrogate, which becomes U+FFFD here. */
export function pathPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
