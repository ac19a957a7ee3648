// What is requested from the servers.

/** Requests the answer of the app's chain. */
export async function answerOf(address) {
  const response = await fetch(`${address}/answer`);
  const text = await response.text();
  if (!response.ok || !text.includes("hello")) {
    throw new Error(`GET ${address}/answer: ${response.status} ${text}`);
  }
}

/** Opens the page and sends its form, as a browser without JavaScript does. */
export async function pressButton(address) {
  const page = await (await fetch(address)).text();
  const [, action] = /name="(\$ACTION_ID_\w+)"/.exec(page) ?? [];
  if (!action) throw new Error(`The page has no server action: ${page}`);
  const body = new FormData();
  body.set(action, "");
  const response = await fetch(address, { method: "POST", body });
  await response.text();
  if (!response.ok) throw new Error(`POST ${address}: ${response.status}`);
}

/** Runs the graph of a LangGraph server. */
export async function runGraph(address) {
  const response = await fetch(`${address}/runs/wait`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ assistant_id: "graph", input: { question: "hi" } }),
  });
  const text = await response.text();
  if (!response.ok || !text.includes("hello")) throw new Error(`${response.status} ${text}`);
}
