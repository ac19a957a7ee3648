import { describe, expect, it, test } from "vitest";
import {
  withoutKeys,
  withoutPartialCredentials,
  withoutUrlCredentials,
} from "../../src/data/secret-texts.js";

const R = "[REDACTED]";

describe("URLs", () => {
  test.each([
    ["https://user:pass@host/path", `https://${R}@host/path`],
    ["postgresql://u:p@ss@db:5432/x?sslmode=on", `postgresql://${R}@db:5432/x?sslmode=on`],
    ["redis://:hunter2@cache", `redis://${R}@cache`],
    ["https://ghp_token@github.com/a/b.git", `https://${R}@github.com/a/b.git`],
    ["https://h/v1?api_key=abc&model=x", `https://h/v1?api_key=${R}&model=x`],
    ["https://h/?key=AIzaX#access_token=abc", `https://h/?key=${R}#access_token=${R}`],
    ["https://h/b?sv=1&sig=a%2Bb&se=2", `https://h/b?sv=1&sig=${R}&se=2`],
    ["s3://h/?X-Amz-Signature=ab&X-Amz-Date=1", `s3://h/?X-Amz-Signature=${R}&X-Amz-Date=1`],
    [
      "see http://a:b@c, and http://d:e@f/?token=g.",
      `see http://${R}@c, and http://${R}@f/?token=${R}`,
    ],
    ['{"url":"https://a:b@c","mail":"x@y"}', `{"url":"https://${R}@c","mail":"x@y"}`],
    ["https://u:p@h?password=x https://h", `https://${R}@h?password=${R} https://h`],
  ])("%s", (text, expected) => {
    expect(withoutUrlCredentials(text)).toBe(expected);
  });

  test.each([
    "https://host:8080/path?page_token=1&max_tokens=2&q=key",
    "write to joe@example.org, or see http://example.org/ and joe@example.org",
    "http://example.org안녕joe@example.org",
    "https://example.org/@scope/package",
    "https://medium.com?author=@joe",
    "no scheme: user:pass@host",
    "://",
    "a://@b",
  ])("%s is unchanged", (text) => {
    expect(withoutUrlCredentials(text)).toBe(text);
  });
});

describe("incomplete texts", () => {
  test.each([
    ["see https://user:pa", `see https://${R}`],
    ["https://user:", `https://${R}`],
    ["https://abc123", `https://${R}`],
    ["https://ghp_abc.def", `https://${R}`],
    ["https://joe.doe:123456", `https://${R}`],
    ["https://a:b@c https://d:e", `https://${R}@c https://${R}`],
    ["https://u:p@host", `https://${R}@host`],
    ["https://h/?api_key=ab", `https://h/?api_key=${R}`],
    ["Bearer ab", `Bearer ${R}`],
  ])("%s", (text, expected) => {
    expect(withoutPartialCredentials(text)).toBe(expected);
  });

  test.each([
    "https://example.org",
    "https://example.org:8080",
    "http://localhost:50",
    "https://user:80/path",
    "https://example.org/a b",
    "https:/",
    "Basic words of English",
    "no URL",
    "",
  ])("%j is unchanged", (text) => {
    expect(withoutPartialCredentials(text)).toBe(text);
  });

  test("a URL with a password, cut off anywhere", () => {
    const url = "postgresql://app.user:hunter2hunter2@db.example.org:5432/x";
    for (let length = 0; length <= url.length; length++) {
      expect(withoutPartialCredentials(url.slice(0, length))).not.toContain(":h");
    }
  });
});

describe("texts of errors", () => {
  test.each([
    [
      "401 Incorrect API key provided: sk-proj-abcdefghijklmnop1234. See",
      `401 Incorrect API key provided: ${R}`,
    ],
    ["Incorrect API key provided: planted-1234", `Incorrect API key provided: ${R}`],
    ["key sk-ant-api03-abcdefghij0123456789 is wrong", `key ${R} is wrong`],
    ["tool_sk-ant-api03-abcdefghij0123456789", `tool_${R}`],
    ["gsk_abcdefghijklmnopqrst0123", R],
    ["xoxb-1234567890-abcdef", R],
    ["ghp_abcdefghijklmnopqrst0123456789abcd", R],
    ["AKIAABCDEFGHIJKLMNOP", R],
    ["AIzaSyA-abcdefghijklmnopqrstuvwxyz01234", R],
    ["sent Authorization: Bearer planted-token-12345", `sent Authorization: Bearer ${R}`],
    ['{"api_key": "planted-1234"}', `{"api_key": "${R}"}`],
    ["connect to mysql://root:pw1@db failed", `connect to mysql://${R}@db failed`],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dGhpc2lzc2ln", `jwt ${R}`],
  ])("%s", (text, expected) => {
    expect(withoutKeys(text).startsWith(expected)).toBe(true);
  });

  test.each([
    "TypeError: Cannot read properties of undefined (reading 'sk-learn')",
    "the task-oriented-dialogue-component failed",
    "sk-learn-pipeline-components are not there",
    "Invalid api key: undefined",
    "password: required",
    "maximum context length is 8192 tokens, got token: 12",
    "    at Object.<anonymous> (/home/u/app/node_modules/@langchain/core/dist/x.js:12:34)",
  ])("%s is unchanged", (text) => {
    expect(withoutKeys(text)).toBe(text);
  });

  it("have all keys removed, not only the first", () => {
    const key = "sk-abcdefghijklmnop1234";
    expect(withoutKeys(`${key} ${key}`)).toBe(`${R} ${R}`);
  });
});
