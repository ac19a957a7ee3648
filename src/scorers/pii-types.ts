/** The kinds of personal data that MLflow's `PIIDetection` finds, in its order. */
export const PII_TYPES = ["email", "phone", "ssn", "credit_card", "ip_address"] as const;
/** What may identify a person. */
export type PIIType = (typeof PII_TYPES)[number];
