export interface OpenAiServer {
  /** What OPENAI_BASE_URL wants. */
  readonly url: string;
  /** How many requests have come. */
  calls(): number;
  close(): Promise<void>;
}
export function startOpenAiServer(options?: {
  port?: number;
  streamUsage?: boolean;
}): Promise<OpenAiServer>;
