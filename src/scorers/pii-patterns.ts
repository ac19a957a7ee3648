import type { PIIType } from "./pii-types.js";

/** As `\b` of Python, which counts letters of every script. JavaScript's counts those of ASCII only. */
const EDGE = "(?:(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_])|(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_]))";

/** Digits of every script, as Python's `\d`. */
const DIGIT = "\\p{Nd}";
const digits = (count: number) => `${DIGIT}{${count}}`;

/** A number from 0 to 255, which may have leading zeros. */
const OCTET = `(?:25[0-5]|2[0-4]${DIGIT}|[01]?${DIGIT}${DIGIT}?)`;

const separatedBy = (separator: string, ...groups: readonly string[]) => groups.join(separator);

const NORTH_AMERICAN_PHONE = separatedBy(
  "[-.\\s]?",
  `(?:\\+?1[-.\\s]?)?\\(?${digits(3)}\\)?`,
  digits(3),
  digits(4),
);
const INTERNATIONAL_PHONE = `\\+[1-9]${DIGIT}{1,14}`;

/** Visa, Mastercard and Discover have 16 digits in four groups; American Express has 15 in three. */
const CARD_OF_16 = separatedBy(
  "[-\\s]?",
  `(?:4${digits(3)}|5[1-5]${digits(2)}|65${digits(2)}|6011)`,
  digits(4),
  digits(4),
  digits(4),
);
const CARD_OF_15 = separatedBy("[-\\s]?", `3[47]${digits(2)}`, digits(6), digits(5));

const SOURCES: Readonly<Record<PIIType, string>> = {
  // Starts only where such a text starts: a long text without @ would take time that grows with the square of its length.
  email: "(?<![A-Za-z0-9._%+\\-])[A-Za-z0-9._%+\\-]+@[A-Za-z0-9.\\-]+\\.[A-Za-z]{2,}",
  phone: `(?:${NORTH_AMERICAN_PHONE}|${INTERNATIONAL_PHONE})`,
  ssn: EDGE + separatedBy("-", digits(3), digits(2), digits(4)) + EDGE,
  credit_card: `${EDGE}(?:${CARD_OF_16}|${CARD_OF_15})${EDGE}`,
  ip_address: EDGE + separatedBy("\\.", OCTET, OCTET, OCTET, OCTET) + EDGE,
};

/** Finds the same texts as MLflow does. It rather finds too much than too little. */
export const PII_PATTERNS: ReadonlyMap<PIIType, RegExp> = new Map(
  Object.entries(SOURCES).map(([type, source]) => [type as PIIType, new RegExp(source, "u")]),
);
