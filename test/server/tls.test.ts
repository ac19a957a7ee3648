import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/store/store.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";
import { sampleTrace } from "./sample-trace.js";

let server: Server;
let url: string;
let directory: string;
let certificatePath: string;

/** A server with a certificate that nobody signed but itself. */
beforeAll(async () => {
  const { key, cert } = await runPython<{ key: string; cert: string }>(`
import datetime, ipaddress, json
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)
address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
cert = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
  .serial_number(1).not_valid_before(now - day).not_valid_after(now + day).add_extension(address, False)
  .sign(key, hashes.SHA256()))
pem = serialization.Encoding.PEM
print(json.dumps({"cert": cert.public_bytes(pem).decode(), "key": key.private_bytes(
  pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()}))`);
  directory = await mkdtemp(join(tmpdir(), "tls-"));
  certificatePath = join(directory, "ca.pem");
  await writeFile(certificatePath, cert);
  server = createServer({ key, cert }, (request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(request.url === "/version" ? "3.17.2" : "{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(directory, { recursive: true, force: true });
});

async function log(env: Record<string, string>): Promise<Verdict | undefined> {
  const store = openRestStore(url, env);
  const [verdict] = await store.logTraces("0", [sampleTrace()]);
  await store.close();
  return verdict;
}

describe("a server with a certificate of its own making", () => {
  it("blocks, and names the variables that make it trusted", async () => {
    const verdict = await log({});
    expect(verdict?.state).toBe("blocked");
    const { message } = (verdict as { cause: Error }).cause;
    expect(message).toContain("MLFLOW_TRACKING_SERVER_CERT_PATH");
    expect(message).toContain("MLFLOW_TRACKING_INSECURE_TLS=true");
  });

  it("is trusted when the certificate is named", async () => {
    expect(await log({ MLFLOW_TRACKING_SERVER_CERT_PATH: certificatePath })).toEqual({
      state: "stored",
    });
  });

  it("is trusted blindly on request", async () => {
    expect(await log({ MLFLOW_TRACKING_INSECURE_TLS: "true" })).toEqual({ state: "stored" });
  });

  it("is named when it is addressed with http:", async () => {
    const store = openRestStore(url.replace("https:", "http:"));
    const [verdict] = await store.logTraces("0", [sampleTrace()]);
    await store.close();
    expect(verdict?.state).toBe("blocked");
    expect((verdict as { cause: Error }).cause.message).toBe(
      `The server at ${url.replace("https:", "http:")} uses HTTPS: set the tracking URI to ${url}.`,
    );
  });

  it("blocks with a reason when the named certificate is not there", async () => {
    const verdict = await log({ MLFLOW_TRACKING_SERVER_CERT_PATH: "/nowhere/ca.pem" });
    expect(verdict?.state).toBe("blocked");
    expect((verdict as { cause: Error }).cause.message).toContain("/nowhere/ca.pem");
  });
});
