// Fails the build when the page grows over what an agent's first load may cost (gzip bytes, all files of a kind).
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const assets = new URL("../../static/assets/", import.meta.url).pathname;
const BUDGET = { ".js": 60_000, ".css": 12_000, ".woff2": 49_152 };

let over = false;
for (const [extension, limit] of Object.entries(BUDGET)) {
  const files = readdirSync(assets).filter((name) => name.endsWith(extension));
  const size = files
    .map((name) => readFileSync(join(assets, name)))
    .reduce((sum, bytes) => sum + (extension === ".woff2" ? bytes.length : gzipSync(bytes, { level: 9 }).length), 0);
  console.log(`${extension.padEnd(6)} ${String(size).padStart(6)} of ${limit} bytes`);
  over ||= size > limit;
}
if (over) {
  console.error("The page is over its budget.");
  process.exit(1);
}
