const ADJECTIVES =
  "able amused bold brave bright calm casual charming clean clever curious daring eager fair fearless gentle gifted glad handsome honest kind learned lively loyal lucky merry mighty nimble orderly patient placid polite proud quick quiet serene silent sincere smiling spry stately sunny tidy upbeat useful vivid wise witty zesty".split(
    " ",
  );
const NOUNS =
  "ant bat bear bee bird boar cat chimp cod colt crab crane crow deer dog dove duck eel elk finch fish fox frog goat goose gull hare hawk hen horse jay koi lamb lark lynx mole moose moth mouse newt owl panda perch quail ram robin seal shark sheep sloth snail squid stork swan toad trout vole whale wolf wren yak zebra".split(
    " ",
  );

/** A name for a run that was given none, as MLflow makes them: `merry-owl-512`, with `prefix-` before it if there is one. */
export function randomRunName(prefix?: string): string {
  const name = `${oneOf(ADJECTIVES)}-${oneOf(NOUNS)}-${Math.floor(Math.random() * 1001)}`;
  return prefix === undefined ? name : `${prefix}-${name}`;
}

function oneOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? "";
}
