import { test } from "vitest";
import { writeFileSync } from "node:fs";
import { collectMessages } from "./messages.js";
test("list", () => { writeFileSync("/tmp/h7/messages.txt", collectMessages().map(m=>`${m.kind[0]} ${m.place.replace("src/","")} ${m.text}`).join("\n")+"\n"); });
