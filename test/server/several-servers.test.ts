import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentOf } from "../support/beside-autolog.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { newFolder } from "../support/traces.js";
import { MLFLOW_VERSIONS } from "./versions.js";

const ROUNDS = 12;

const chain = ChatPromptTemplate.fromTemplate("{question}")
  .pipe(new FakeListChatModel({ responses: ["hello"] }))
  .pipe(new StringOutputParser());

/** Each kind of store has a format of its own, and so has a server of another version. */
describe.each(MLFLOW_VERSIONS)("beside a server of the version %s", (version) => {
  let servers: MlflowServer[];
  let uris: string[];
  beforeAll(async () => {
    servers = await Promise.all([startMlflowServer(), startMlflowServer({ version })]);
    uris = [...servers.map(({ url }) => url), `file:${newFolder()}`];
  });
  afterAll(async () => {
    mlflow.autolog({ disable: true });
    await Promise.all(servers.map((server) => server.close()));
  });

  test("the traces of one process are each whole in the store of their time", async () => {
    mlflow.autolog({ silent: true });
    const sent: Sent[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const uri of uris) {
        mlflow.setTrackingUri(uri);
        await chain.invoke({ question: `round ${round}` });
        sent.push({ uri, traceId: mlflow.getLastActiveTraceId()! });
      }
    }
    expect(await mlflow.flushTraces({ timeoutMs: 60_000 })).toMatchObject({
      sent: ROUNDS * uris.length,
      dropped: 0,
      pending: 0,
    });
    const contents = await Promise.all(sent.map(contentIn));
    // All stores have the same traces.
    const [first, ...others] = uris.map((uri) => contents.filter((content) => content.uri === uri));
    const withoutUri = (all: typeof contents | undefined) =>
      all?.map(({ uri: _, ...rest }) => rest);
    expect(first?.[0]).toMatchObject({ state: "OK", spans: { length: 4 } });
    for (const other of others) expect(withoutUri(other)).toEqual(withoutUri(first));
    expect(await Promise.all(uris.map(countIn))).toEqual(uris.map(() => ROUNDS));
  });
});

interface Sent {
  readonly uri: string;
  readonly traceId: string;
}

async function contentIn({ uri, traceId }: Sent) {
  const trace = await new mlflow.MlflowClient({ trackingUri: uri }).getTrace(traceId);
  const { spans, state, requestPreview, responsePreview } = contentOf(trace as never);
  return { uri, spans, state, requestPreview, responsePreview };
}

async function countIn(uri: string): Promise<number> {
  const client = new mlflow.MlflowClient({ trackingUri: uri });
  const { traces } = await client.searchTraces({ maxResults: 100, locations: ["0"] });
  return traces.length;
}
