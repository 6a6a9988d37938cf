// Writes .gz and .br beside every text file of the built page, so that the server compresses nothing itself.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = new URL("../../static/", import.meta.url).pathname;
const TEXT = /\.(html|js|css|svg)$/;

for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
  if (!TEXT.test(name)) continue;
  const file = join(root, name);
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
