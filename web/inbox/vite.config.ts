import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8080";

export default defineConfig({
  // The page needs JSX and nothing else of a framework, so there is no plugin.
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    // light-dark() as it is, not unrolled.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The policy of the page allows no data: fonts and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/api": server, "/sse": server, "/ws": { target: server, ws: true } },
  },
  // Files that need a document say so in their first line.
  test: { environment: "node", include: ["tests/**/*.test.{ts,tsx}"], restoreMocks: true, css: true },
});
