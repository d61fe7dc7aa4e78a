import { defineConfig } from "vite";

export default defineConfig(({ isSsrBuild }) => ({
  oxc: { jsx: { importSource: "preact" } },
  publicDir: isSsrBuild ? false : "public",
  // The back end is one file that needs nothing but Node.
  ssr: { noExternal: true, target: "node" },
  build: {
    target: "es2022",
    outDir: isSsrBuild ? "dist/server" : "dist/page",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
}));
