// Runs the example client: writes so many texts, prints every message it is shown, one JSON per line, until stdin ends.
import { ChatClient } from "../../docs/examples/chat_client.mjs";

const [url, token, count, after] = process.argv.slice(2);
const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const client = new ChatClient(url, token, print, Number(after));
client.listen();
process.stdin.on("end", () => process.exit(0)).resume();
for (let n = 0; n < Number(count); n += 1) await client.send(`From the customer ${n}`);
