const main = document.querySelector("main");
const form = document.querySelector("form");
const sessionId = crypto.randomUUID();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = form.elements.question.value;
  form.reset();
  ask(question);
});

async function ask(question) {
  add("question", question);
  const answer = add("answer", "");
  const response = await post("/chat", { question, sessionId });
  for await (const { event, data } of eventsOf(response.body)) {
    if (event === "text") answer.textContent += data.text;
    if (event === "failed") answer.textContent = data.error;
    if (event === "done" && data.traceId) addThumbs(data.traceId);
  }
}

function add(className, text) {
  const paragraph = document.createElement("p");
  Object.assign(paragraph, { className, textContent: text });
  main.append(paragraph);
  return paragraph;
}

function addThumbs(traceId) {
  const row = document.createElement("div");
  const note = document.createElement("span");
  note.role = "status";
  let assessmentId;
  for (const [label, sign, isUp] of [
    ["Good answer", "👍", true],
    ["Bad answer", "👎", false],
  ]) {
    const button = document.createElement("button");
    Object.assign(button, { ariaLabel: label, textContent: sign, ariaPressed: "false" });
    button.addEventListener("click", async () => {
      const response = await post("/feedback", { traceId, isUp, sessionId, assessmentId });
      const result = await response.json();
      note.textContent = response.ok ? "" : result.error;
      if (!response.ok) return;
      ({ assessmentId } = result);
      for (const one of row.querySelectorAll("button")) one.ariaPressed = String(one === button);
    });
    row.append(button);
  }
  row.append(note);
  main.append(row);
}

function post(path, body) {
  const headers = { "content-type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The events of a response to a POST: `EventSource` can only GET. */
async function* eventsOf(body) {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
      if (event) yield { event, data: JSON.parse(data) };
    }
  }
}
