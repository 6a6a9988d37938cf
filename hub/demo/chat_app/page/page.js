// Plays the company's app on one device: a token from the company's server, everything else from the hub itself.

const $ = (id) => document.getElementById(id);
const FADES = 6000; // milliseconds without another sign after which nobody types any more

let app = null; // { token, url, seq, socket }: this device's sign-in
let typingEnds = 0;
let toldTyping = 0;

async function signIn(customerId) {
  app?.socket?.close();
  $("chat").replaceChildren();
  const body = JSON.stringify({ customer_id: customerId });
  const { token, hub_url: hub } = await (await fetch("/app/session", { method: "POST", body })).json();
  app = { token, url: `${hub}/chat/v1`, seq: null, socket: null };
  const page = await ask("messages?limit=100");
  page.data.forEach(show);
  app.seq = page.seq;
  listen(app);
}

async function ask(path, options = {}) {
  const headers = { Authorization: `Bearer ${app.token}`, ...options.headers };
  const answer = await fetch(`${app.url}/${path}`, { ...options, headers });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  return answer.json();
}

function listen(mine) {
  const protocols = ["hub.v1", `bearer.${mine.token}`];
  const socket = new WebSocket(`${mine.url.replace(/^http/, "ws")}/ws?after=${mine.seq}`, protocols);
  mine.socket = socket;
  socket.onopen = () => { $("state").textContent = "online"; readAll(); };
  socket.onmessage = ({ data }) => take(mine, JSON.parse(data));
  socket.onclose = ({ code }) => {
    if (mine !== app) return;
    $("state").textContent = "connecting…";
    setTimeout(() => (code === 4401 ? signIn($("who").value) : listen(mine)), 1000);
  };
}

function take(mine, event) {
  if (event.type === "reset") return void signIn($("who").value);
  if (event.data?.message) show(event.data.message);
  if (event.type === "message.sent") {
    tell({ type: "delivered", message_id: event.data.message.message_id });
    readAll();
    typingEnds = 0;
  }
  if (event.type === "agent.typing") {
    $("typing").textContent = `${event.actor.name} is typing…`;
    typingEnds = Date.now() + FADES;
  }
  if (event.type !== "hello") mine.seq = event.seq ?? mine.seq;
}

function tell(frame) {
  if (app?.socket?.readyState === WebSocket.OPEN) app.socket.send(JSON.stringify(frame));
}

function readAll() {
  const last = [...document.querySelectorAll(".outbound")].at(-1);
  if (last && document.visibilityState === "visible") tell({ type: "read", message_id: last.id });
}

function show(message) {
  const bubble = document.getElementById(message.message_id) ?? document.createElement("div");
  const fresh = !bubble.id;
  bubble.id = message.message_id;
  bubble.className = `bubble ${message.direction}`;
  const words = message.deleted_at ? "deleted" : (message.content.text ?? "");
  const file = message.content.metadata.media;
  const line = document.createElement("small");
  const at = new Date(message.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const mood = message.reactions.map((one) => one.emoji).join("");
  line.textContent = [message.sender.name, at, message.direction === "inbound" ? message.status : "", mood]
    .filter(Boolean).join(" · ");
  bubble.replaceChildren(file ? `📎 ${file.filename}${words && `\n${words}`}` : words, line);
  if (fresh) $("chat").append(bubble);
  if (fresh) bubble.scrollIntoView();
}

async function send(body) {
  const message = { channel_message_id: crypto.randomUUID(), ...body };
  const headers = { "Content-Type": "application/json" };
  show(await ask("messages", { method: "POST", headers, body: JSON.stringify(message) }));
}

async function attempt(what) {
  try {
    await what();
  } catch (error) {
    $("state").textContent = error.message;
  }
}

$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  $("text").value = "";
  if (text) attempt(() => send({ text }));
});
$("text").addEventListener("input", () => {
  if (Date.now() - toldTyping > 2000) tell({ type: "typing" }), (toldTyping = Date.now());
});
$("file").addEventListener("change", () => attempt(async () => {
  const form = new FormData();
  form.append("file", $("file").files[0]);
  $("file").value = "";
  const file = await ask("media", { method: "POST", body: form });
  await send({ media_id: file.id });
}));
$("who").addEventListener("change", () => attempt(() => signIn($("who").value)));
document.addEventListener("visibilitychange", readAll);
setInterval(() => { if (Date.now() > typingEnds) $("typing").textContent = ""; }, 500);

const { customers } = await (await fetch("/app/customers")).json();
$("who").replaceChildren(...customers.map((one) => new Option(`${one.name} (${one.customer_id})`, one.customer_id)));
await attempt(() => signIn($("who").value));
