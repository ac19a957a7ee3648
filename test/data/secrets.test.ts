import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { parseExactJson } from "../../src/data/exact-json.js";
import { goldenTraces } from "../golden/golden-data.js";
import { take } from "./snapshots.js";

const REDACTED = "[REDACTED]";

describe("a field is redacted if its name is the name of a secret", () => {
  test.each([
    ...["apiKey", "api_key", "API-KEY", "x-api-key", "openAIApiKey", "anthropic_api_key"],
    ...["azureOpenAIApiKey", "Ocp-Apim-Subscription-Key", "x-goog-api-key", "api-key"],
    ...["authorization", "Authorization", "proxy-authorization", "password", "db_password"],
    ...["secret", "clientSecret", "aws_secret_access_key", "secretAccessKey", "accessKeyId"],
    ...["accessToken", "access_token", "refresh_token", "id_token", "x-amz-security-token"],
    ...["cookie", "Set-Cookie", "credentials", "privateKey", "connectionString", "jwt"],
    ...["DISCORD_TOKEN", "GITHUB_TOKEN", "STRIPE_SECRET", "MY_APP_KEY", "DB_PWD"],
  ])("%s", (name) => {
    expect(take({ [name]: "planted" })).toEqual({ [name]: REDACTED });
    expect(take({ deep: [{ [name]: ["planted"] }] })).toEqual({ deep: [{ [name]: REDACTED }] });
    expect(take(new Map([[name, "planted"]]))).toEqual({ [name]: REDACTED });
    expect(
      take(
        new Map<unknown, unknown>([
          [name, "planted"],
          [1, 2],
        ]),
      ),
    ).toEqual([
      [name, REDACTED],
      [1, 2],
    ]);
  });

  test.each([
    ...["key", "keys", "token", "tokens", "maxTokens", "max_tokens", "completion_tokens"],
    ...["prompt_tokens", "total_tokens", "input_token_details", "usage", "token_usage"],
    ...["tokenUsage", "next_page_token", "nextPageToken", "eos_token", "keyword", "primaryKey"],
    ...["author", "authority", "secretary", "passwordless", "MAX_TOKENS", "KEY", "TOKEN", "monkey"],
  ])("%s is data", (name) => {
    expect(take({ [name]: "data" })).toEqual({ [name]: "data" });
  });
});

describe("a field named like a secret is shown if it has no secret", () => {
  test.each<[string, unknown]>([
    ["a flag", { apiKey: true, password: false }],
    ["nothing", { apiKey: null, password: "" }],
    ["LangChain's reference to a variable", { apiKey: { lc: 1, type: "secret", id: ["A_KEY"] } }],
  ])("%s", (_what, value) => {
    expect(take(value)).toEqual(value);
  });

  it("an undefined field is omitted", () => {
    expect(take({ apiKey: undefined })).toEqual({});
  });

  it("an object that only resembles LangChain's reference is redacted", () => {
    const apiKey = { lc: 1, type: "secret", id: ["A"], value: "planted" };
    expect(take({ apiKey })).toEqual({ apiKey: REDACTED });
  });

  it("the schema of a tool's parameter with such a name is shown", () => {
    const schema = {
      type: "object",
      properties: {
        password: { type: "string", description: "The new one" },
        credentials: { anyOf: [{ type: "string" }, { type: "null" }] },
        api_key: { type: ["string", "null"] },
      },
      required: ["password"],
    };
    expect(take({ tools: [{ parameters: schema }] })).toEqual({ tools: [{ parameters: schema }] });
  });

  it("a value in an object named properties is redacted if it is not a schema", () => {
    const properties = { password: "planted", secrets: { db: "planted" } };
    expect(take({ properties })).toEqual({
      properties: { password: REDACTED, secrets: REDACTED },
    });
  });
});

describe("headers", () => {
  const carried = "planted-value";

  test.each(["headers", "defaultHeaders", "default_headers", "extraHeaders", "requestHeaders"])(
    "in %s, in any format, have their credentials removed",
    (name) => {
      const seen = {
        "Helicone-Auth": REDACTED,
        "X-My-Secret": REDACTED,
        "x-portkey-virtual-key": REDACTED,
        "x-custom": `Bearer ${REDACTED}`,
        "x-ratelimit-remaining-tokens": "149984",
        "content-type": "application/json",
      };
      const live = {
        "Helicone-Auth": carried,
        "X-My-Secret": carried,
        "x-portkey-virtual-key": carried,
        "x-custom": "Bearer planted-value-1234567",
        "x-ratelimit-remaining-tokens": "149984",
        "content-type": "application/json",
      };
      expect(take({ [name]: live })).toEqual({ [name]: seen });
      expect(take({ [name]: new Map(Object.entries(live)) })).toEqual({ [name]: seen });
      expect(take({ [name]: Object.entries(live) })).toEqual({ [name]: Object.entries(seen) });
      const flat = Object.entries(live).flat();
      expect(take({ [name]: flat })).toEqual({ [name]: Object.entries(seen).flat() });
    },
  );

  it("as an instance of Headers become the name of the class", () => {
    expect(take({ headers: new Headers({ "x-any": carried }) })).toEqual({
      headers: { type: "Headers" },
    });
  });
});

describe("texts that are a credential", () => {
  test.each([
    ["Bearer abcdefghijklmnop1", `Bearer ${REDACTED}`],
    ["bearer eyJhbGciOi.eyJzdWIiOiIx.abc-_1", `bearer ${REDACTED}`],
    [`Basic ${btoa("user:password")}`, `Basic ${REDACTED}`],
  ])("%s", (text, expected) => {
    expect(take([text])).toEqual([expected]);
  });

  test.each(["Basic information", "Bearer certificates", "Bearer of bad news 1234567890123", "b"])(
    "%s is text",
    (text) => {
      expect(take(text)).toBe(text);
    },
  );
});

describe("MLflow's golden traces", () => {
  const files = readdirSync("test/golden/data", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".json"),
  );

  test.each(files)("%s is unchanged", (file) => {
    const golden = parseExactJson(readFileSync(`test/golden/data/${file}`, "utf8"));
    const { spans } = (golden as unknown as { data: { spans: Record<string, unknown>[] } }).data;
    expect(spans.length).toBeGreaterThan(0);
    expect(take(spans, { maxValueNodes: 1e6 })).toEqual(spans);
    for (const { attributes } of spans) {
      // MLflow stores each attribute as JSON text.
      for (const text of Object.values(attributes as object)) {
        if (typeof text !== "string" || !/^[[{"]/.test(text)) continue;
        const value = JSON.parse(text);
        expect(take(value)).toEqual(value);
      }
    }
  });

  it("exist", () => {
    expect(files.length).toBeGreaterThan(10);
    expect(goldenTraces("s1_chain_openai").length).toBeGreaterThan(0);
  });
});
