import { setMaxListeners } from "node:events";

/** Each request listens to the signal: by default Node warns of a leak from the eleventh listener on. */
export function newAborter(): AbortController {
  const aborter = new AbortController();
  setMaxListeners(0, aborter.signal);
  return aborter;
}
