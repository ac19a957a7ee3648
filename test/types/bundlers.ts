// Compiled by `npm run typecheck` only: esbuild, Rollup, Rolldown and Vite accept the plugins.
import type { Plugin as EsbuildPlugin } from "esbuild";
import type { Plugin as VitePlugin } from "vite";
import { langchainMlflow as forEsbuild } from "../../src/integrations/esbuild.js";
import { langchainMlflow as forVite } from "../../src/integrations/vite.js";

export const esbuildPlugin: EsbuildPlugin = forEsbuild();
export const vitePlugin: VitePlugin = forVite();
