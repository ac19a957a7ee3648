import { describe, expect, test } from "vitest";
import { escapeHtml, toHtmlTable } from "../../src/callback-handler/html.js";
import { flatten, textOfFields, textOfOutput } from "../../src/callback-handler/python-values.js";
import { TrackedCalls } from "../../src/callback-handler/tracked-calls.js";
import { BoundedList } from "../../src/callback-handler/tracked-files.js";

describe("texts of values", () => {
  test.each([
    ["plain", "plain"],
    [{ question: "How far?", language: "German" }, "question=How far?,language=German"],
    [{ n: 1, list: ["a", null], none: null }, 'n=1,list=["a", null],none=null'],
    [["a", { b: 1 }, 2], 'a,{"b": 1},2'],
    [undefined, "null"],
    [true, "true"],
  ])("of a chain: %j", (value, text) => {
    expect(textOfFields(value)).toBe(text);
  });

  test("of a tool: the content that the model receives", () => {
    expect(textOfOutput("rain")).toBe("rain");
    expect(textOfOutput({ type: "tool", tool_call_id: "1", content: "rain" })).toBe("rain");
    expect(textOfOutput({ type: "tool", n: 1 })).toBe('{"type": "tool", "n": 1}');
  });

  test("nested names are joined; lists, dates and bytes do not change", () => {
    const bytes = new Uint8Array([1]);
    const value = { a: { b: { c: 1 }, list: [{ d: 2 }] }, e: null, f: undefined, bytes, g: {} };
    expect(flatten(value)).toEqual({ a_b_c: 1, a_list: [{ d: 2 }], e: null, bytes });
    expect(flatten("no object")).toEqual({});
    expect(flatten(JSON.parse('{"__proto__": 1, "a": {"__proto__": 2}}'))).toEqual({
      a___proto__: 2,
    });
  });
});

describe("HTML", () => {
  test("escapes all values", () => {
    expect(escapeHtml(`<b a="1" c='2'>&amp;</b>`)).toBe(
      "&#60;b a=&#34;1&#34; c=&#39;2&#39;&#62;&#38;amp;&#60;/b&#62;",
    );
    const html = toHtmlTable([{ "<i>": "<td>", n: 0 }, { n: { a: "<p>" } }], ["<i>", "n", "none"]);
    expect(html.match(/<tr/g)?.length).toBe(3);
    expect(html.match(/<td>/g)?.length).toBe(6);
    expect(html).toContain("<td>&#60;td&#62;</td><td>0</td><td></td>");
    expect(html).not.toContain("<i>");
  });

  test("renders a table without rows", () => {
    expect(toHtmlTable([], [])).toContain("<tbody>\n  </tbody>");
  });
});

describe("the kept data", () => {
  test("is limited in number and size: the oldest items are dropped", () => {
    let dropped = 0;
    const list = new BoundedList<string>(3, 100, () => {
      dropped += 1;
    });
    for (const item of ["a", "b", "c", "d"]) list.add(item, 10);
    expect(list.items).toEqual(["b", "c", "d"]);
    list.add("e", 95);
    expect(list.items).toEqual(["e"]);
    list.add("f", 1000);
    expect(list.items).toEqual(["f"]);
    expect(dropped).toBe(5);
    list.clear();
    list.add("g", 1);
    expect(list.items).toEqual(["g"]);
  });

  test("of calls that never end is limited, and root calls are counted", () => {
    const calls = new TrackedCalls();
    const open = (id: string, parentId: string | undefined) =>
      calls.open(id, parentId, { spanName: "a", name: "a", number: 1 });
    open("root", undefined);
    expect(open("child", "root").isRoot).toBe(false);
    expect(open("orphan", "elsewhere").isRoot).toBe(true);
    expect(calls.roots).toBe(2);
    calls.close("child");
    calls.close("orphan");
    calls.close("orphan");
    expect(calls.roots).toBe(1);
    for (let index = 0; index < 10_000; index += 1) open(`${index}`, "root");
    expect(calls.get("root")).toBeUndefined();
    expect(calls.roots).toBe(0);
    expect(calls.get("9999")).toBeDefined();
  });
});
