// What is installed for the apps: one folder of .cache/apps each, shared by the kinds of apps that can share it.

const core = { "@langchain/core": "1", "@langchain/langgraph": "1", zod: "4" };

/**
 * @typedef {object} Group
 * @property {object} packages What its package.json names, beside langchain-mlflow.
 * @property {object} [manifest] Other fields of its package.json.
 * @property {Record<string, object>} [workspaces] The package.json of each workspace.
 * @property {string} [install] The command that installs it, if it is not npm.
 * @property {string} [settings] The content of its .yarnrc.yml.
 */

/** @type {Record<string, Group>} */
export const groups = {
  shared: {
    packages: {
      ...core,
      express: "5",
      fastify: "5",
      "@nestjs/core": "11",
      "@nestjs/common": "11",
      "@nestjs/platform-express": "11",
      "reflect-metadata": "0.2",
      rxjs: "7",
      hono: "4",
      "@hono/node-server": "2",
      pm2: "7",
      nodemon: "3",
      tsx: "4",
      "ts-node": "10",
      typescript: "5",
      "@types/node": "20",
      esbuild: "0.28",
      vite: "7",
      webpack: "5",
      "webpack-cli": "6",
      jest: "30",
      vitest: "4",
      mocha: "11",
      bun: "1",
      deno: "2",
      // These install other groups.
      pnpm: "10",
      "@yarnpkg/cli-dist": "4",
    },
    manifest: { allowScripts: { bun: true, deno: true, esbuild: true } },
  },
  next: {
    packages: {
      ...core,
      langchain: "1",
      next: "16",
      react: "19",
      "react-dom": "19",
      typescript: "5",
      "@types/react": "19",
      "@types/node": "20",
    },
  },
  "vitest-5": { packages: { "@langchain/core": "1", vitest: "5" } },
  langgraph: { packages: { ...core, "@langchain/langgraph-cli": "1" } },
  pnpm: {
    packages: { "@langchain/core": "1" },
    install: "pnpm install --no-lockfile --prefer-offline",
  },
  yarn: {
    packages: { "@langchain/core": "1" },
    install: "node ../shared/node_modules/@yarnpkg/cli-dist/bin/yarn.js install",
    settings: "nodeLinker: pnp\nenableTelemetry: false\nenableImmutableInstalls: false\n",
  },
  workspaces: {
    packages: {},
    manifest: { workspaces: ["packages/*"] },
    workspaces: {
      api: { dependencies: { "@langchain/core": "1", "langchain-mlflow": "*" } },
    },
  },
  "two-copies": {
    packages: { "@langchain/core": "1" },
    manifest: { workspaces: ["packages/*"] },
    workspaces: { api: { dependencies: { "@langchain/core": "0.3" } } },
  },
};
