import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { Document } from "@langchain/core/documents";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import { BaseRetriever } from "@langchain/core/retrievers";
import { patchConfig, Runnable } from "@langchain/core/runnables";
import type { Config } from "./perform.js";

/** The user's own code in a step. */
export type Run = (input: unknown, config: Config | undefined) => Promise<unknown>;
type Pieces = () => Iterable<string>;

/** A Runnable of the user's that makes no run. */
export class Bare extends Runnable<unknown, unknown> {
  lc_namespace = ["test"];
  readonly run: Run;

  constructor(run: Run) {
    super();
    this.run = run;
  }

  override invoke(input: unknown, options?: Config): Promise<unknown> {
    return this.run(input, options);
  }
}

/** One that makes a run, as LangChain's own do. */
export class OwnRun extends Bare {
  override invoke(input: unknown, options?: Config): Promise<unknown> {
    return this._callWithConfig(
      (given: unknown, config, runManager) => {
        const callbacks = runManager?.getChild();
        return this.run(given, patchConfig(config ?? {}, callbacks ? { callbacks } : {}));
      },
      input,
      options,
    );
  }
}

/** One with a stream of its own, and no run. */
export class Spelling extends Runnable<unknown, unknown> {
  lc_namespace = ["test"];
  readonly pieces: Pieces;

  constructor(pieces: Pieces) {
    super();
    this.pieces = pieces;
  }

  override async invoke(): Promise<unknown> {
    return [...this.pieces()].join("");
  }

  override async *_streamIterator(): AsyncGenerator<unknown> {
    yield* this.pieces();
  }
}

export class ProgramRetriever extends BaseRetriever {
  lc_namespace = ["test"];
  readonly run: Run;

  constructor(run: Run) {
    super();
    this.run = run;
  }

  override async _getRelevantDocuments(
    query: string,
    runManager?: Parameters<BaseRetriever["_getRelevantDocuments"]>[1],
  ): Promise<Document[]> {
    const callbacks = runManager?.getChild();
    const pageContent = String(await this.run(query, callbacks ? { callbacks } : {}));
    return [new Document({ pageContent })];
  }
}

export class ProgramModel extends BaseChatModel {
  readonly run: Run;

  constructor(run: Run) {
    super({});
    this.run = run;
  }

  override _llmType(): string {
    return "program";
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    // A model's run manager has no children to hand on.
    const text = String(await this.run(messages[0]?.content, undefined));
    return { generations: [{ text, message: new AIMessage(text) }] };
  }
}

/** A chat model that streams. */
export class TokenModel extends BaseChatModel {
  readonly pieces: Pieces;

  constructor(pieces: Pieces) {
    super({});
    this.pieces = pieces;
  }

  override _llmType(): string {
    return "tokens";
  }

  override async _generate(): Promise<ChatResult> {
    const text = [...this.pieces()].join("");
    return { generations: [{ text, message: new AIMessage(text) }] };
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const text of this.pieces()) {
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
      await runManager?.handleLLMNewToken(text);
    }
  }
}
