import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** A registry that has this package as it would be published, and knows where all others are. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/** Packs what is built. Other packages come from the registry that npm is set to, or from its cache. */
export async function startRegistry(): Promise<Registry> {
  const directory = mkdtempSync(join(tmpdir(), "registry-"));
  const file = join(directory, "package.tgz");
  execFileSync(process.execPath, [join(root, "test/setup/pack.mjs"), file], { cwd: root });
  const upstream = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { name, version } = manifest;
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path === `/${name}.tgz`) return response.end(readFileSync(file));
    if (path !== `/${name}`) {
      response.writeHead(302, { location: new URL(path.slice(1), upstream).href });
      return response.end();
    }
    const { port } = server.address() as AddressInfo;
    const dist = { tarball: `http://127.0.0.1:${port}/${name}.tgz` };
    const versions = { [version]: { ...manifest, dist } };
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
