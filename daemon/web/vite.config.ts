import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.PENSTOCK_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    outDir: process.env.PENSTOCK_WEB_OUT ?? "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": api, "/livez": api, "/readyz": api } },
});
