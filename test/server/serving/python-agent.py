"""Serves the agent of agent.test.ts with MLflow's agent server: it repeats the last text that it received."""

import sys

import uvicorn
from mlflow.genai.agent_server import AgentServer, invoke, stream
from mlflow.types.responses import ResponsesAgentResponse, create_text_delta, create_text_output_item


def answer(request):
    item = request.model_dump()["input"][-1]
    content = item.get("content") or item.get("output") or ""
    if isinstance(content, list):
        content = "".join(block.get("text") or "" for block in content)
    if content == "throw":
        raise ValueError("the model failed")
    return f"You said: {content}"


@invoke()
def invoke(request):
    return ResponsesAgentResponse(output=[create_text_output_item(answer(request), "msg_1")])


@stream()
def stream(request):
    text = answer(request)
    for part in (text[:4], text[4:]):
        yield create_text_delta(part, "msg_1")
    item = create_text_output_item(text, "msg_1")
    yield {"type": "response.output_item.done", "item": item}


uvicorn.run(AgentServer("ResponsesAgent").app, host="127.0.0.1", port=int(sys.argv[1]))
