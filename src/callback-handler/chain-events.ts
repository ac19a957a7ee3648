import { isPlainArray, type Plain } from "../data/plain.js";
import type { Live } from "../langchain/events/read.js";
import { readPause } from "../langchain/events/recorder.js";
import { tracePolicyOf } from "../langchain/events/trace-policy.js";
import { uncoerce } from "../langchain/events/values.js";
import { OMITTED_BESIDE_POLICY } from "../recording/value-policy.js";
import {
  type CallStart,
  endCall,
  openEvent,
  recordAnswer,
  recordError,
  startCall,
} from "./call-events.js";
import { textOf, textOfFields } from "./python-values.js";
import { readValue } from "./read-event.js";
import type { Tracker } from "./tracker.js";

/** `extra` has the trace policy of the call, if there is one. */
export function recordChainStart(
  tracker: Tracker,
  start: CallStart,
  inputs: unknown,
  extra: unknown,
): void {
  const meter = { characters: 0 };
  const { call, number, context, fields } = startCall(tracker, "chain", start, meter);
  call.hasRawValues = isLegacyChain(fields.id);
  call.policy = tracePolicyOf(extra);
  const raw = call.hasRawValues ? inputs : uncoerce(inputs, "input").value;
  const keep = call.policy?.inputs;
  const input = readValue(keep ? keep(inputs) : raw, context, meter);
  // A value that a policy changed is not a valid input example.
  if (call.isRoot && !call.policy) call.input = input;
  const event = { action: "on_chain_start", file: `chain_start_${number}` };
  tracker.record(
    { ...event, fields: { ...fields, inputs: textOfFields(input) } },
    meter.characters,
  );
}

/** `lateInputs` is the input of a streaming runnable, which receives it in parts after its start. */
export function recordChainEnd(
  tracker: Tracker,
  id: string,
  outputs: unknown,
  lateInputs: unknown,
): void {
  const meter = { characters: 0 };
  const { call, number, context } = endCall(tracker, "chain", id);
  const isRaw = call?.hasRawValues || lateInputs !== undefined;
  const mayHavePolicy = call === undefined && tracker.calls.hasForgottenPolicy;
  const keep = mayHavePolicy ? () => OMITTED_BESIDE_POLICY : call?.policy?.outputs;
  const raw = isRaw ? outputs : uncoerce(outputs, "output").value;
  const output = readValue(keep ? keep(outputs) : raw, context, meter);
  if (call?.isRoot && !call.policy && lateInputs !== undefined) {
    call.input = readValue(uncoerce(lateInputs, "input").value, context, meter);
  }
  recordAnswer(tracker, call, output);
  const fields = { outputs: textOfFields(output) };
  tracker.record({ action: "on_chain_end", file: `chain_end_${number}`, fields }, meter.characters);
}

/** A graph throws to pause, or to send a command to its parent graph: these are outputs, not errors. */
export function recordChainError(tracker: Tracker, id: string, thrown: unknown): void {
  const pause = readPause(thrown);
  if (!pause) recordError(tracker, "chain", id, thrown);
  else recordChainEnd(tracker, id, pause.interrupts ?? pause.command, undefined);
}

export function recordText(tracker: Tracker, id: string, text: unknown): void {
  tracker.counters.count("text_ctr");
  const { meter, read } = openEvent(tracker, "chain", id);
  const fields = { text: read("text", text) };
  const file = `on_text_${tracker.counters.row.text_ctr}`;
  tracker.record({ action: "on_text", file, fields }, meter.characters);
}

/** Like Python's handler, counts an agent action as the start of a tool, in addition to the tool's own start. */
export function recordAgentAction(tracker: Tracker, id: string, action: Live | undefined): void {
  tracker.counters.count("tool_starts", "starts");
  const { meter, read } = openEvent(tracker, "chain", id);
  const fields = {
    tool: read("tool", action?.tool),
    tool_input: read("tool_input", action?.toolInput),
    log: read("log", action?.log),
  };
  const file = `agent_action_${tracker.counters.row.tool_starts}`;
  tracker.record({ action: "on_agent_action", file, fields }, meter.characters);
}

export function recordAgentEnd(tracker: Tracker, id: string, finish: Live | undefined): void {
  tracker.counters.count("agent_ends", "ends");
  const { meter, read } = openEvent(tracker, "chain", id);
  const values = finish?.returnValues as Live | undefined;
  const output = textOf(read("output", values?.output ?? values));
  const file = `agent_finish_${tracker.counters.row.agent_ends}`;
  const fields = { output, log: read("log", finish?.log) };
  tracker.record({ action: "on_agent_finish", file, fields }, meter.characters);
}

/** Legacy chains and executors pass the app's own objects, which LangChain does not wrap. */
function isLegacyChain(id: Plain | undefined): boolean {
  return isPlainArray(id) && id[0] === "langchain" && (id[1] === "chains" || id[2] === "executor");
}
