// The phone in the browser: shows one customer's chat, sends what he does to /world/…, and follows /world/events.

const byId = (id) => document.getElementById(id);
const state = { number: null, people: [], chat: null, quote: null, ledger: null };
const REFRESH_MS = 120; // Events closer together than this are shown by one refresh.

async function api(method, path, body) {
  const answer = await fetch(`/world/${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text || answer.statusText);
  return text ? JSON.parse(text) : null;
}

function element(tag, facts = {}, ...children) {
  const made = Object.assign(document.createElement(tag), facts);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function face(person) {
  const hue = [...person.number].reduce((sum, digit) => (sum * 31 + Number(digit)) % 360, 7);
  const made = element("div", { className: "face", textContent: [...person.name][0] ?? "?" });
  made.style.background = `hsl(${hue} 45% 42%)`;
  return made;
}

const time = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function act(action, wish = {}) {
  return api("POST", `customers/${state.number}/${action}`, wish).catch((problem) => alert(problem.message));
}

// People

async function loadPeople() {
  state.people = (await api("GET", "customers")).customers;
  state.people.sort((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0));
  byId("people").replaceChildren(...state.people.map(personLine));
}

function personLine(person) {
  const last = person.last ? `${person.last.mine ? "✓ " : ""}${person.last.text}` : `+${person.number}`;
  const button = element(
    "button",
    { onclick: () => choose(person.number) },
    face(person),
    element("span", { className: "name" }, element("bdi", { textContent: person.name })),
    person.unread ? element("span", { className: "unread", textContent: person.unread }) : null,
    element("span", { className: "last" }, element("bdi", { textContent: last })),
  );
  button.setAttribute("aria-current", String(person.number === state.number));
  return element("li", {}, button);
}

async function choose(number) {
  state.number = number;
  state.quote = null;
  document.body.dataset.pane = "phone";
  document.querySelector(".phone").hidden = false;
  await loadChat();
  await act("open");
}

// Phone

async function loadChat() {
  if (state.number === null) return;
  const chat = (state.chat = await api("GET", `customers/${state.number}`));
  const box = byId("chat");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const known = new Map(chat.bubbles.map((bubble) => [bubble.wamid, bubble]));
  const lastOffer = chat.bubbles.findLast((bubble) => bubble.buttons.length || bubble.rows.length);
  box.replaceChildren(...chat.bubbles.map((bubble) => bubbleView(bubble, known, bubble === lastOffer)));
  if (atEnd) box.scrollTop = box.scrollHeight;
  byId("name").textContent = chat.name;
  byId("facts").textContent = facts(chat);
  const shown = face(chat);
  shown.id = "face";
  byId("face").replaceWith(shown);
  showQuote(known);
}

function facts(chat) {
  return [
    chat.username ? `@${chat.username}` : `+${chat.number}`,
    chat.window_open ? `window until ${time(chat.window_until)}` : "window closed",
    chat.offline ? "phone off" : "",
    chat.blocks_business ? "business blocked" : "",
    chat.stopped_marketing ? "no marketing" : "",
  ].filter(Boolean).join(" · ");
}

function bubbleView(bubble, known, offers) {
  const quoted = known.get(bubble.quotes);
  const emoji = Object.values(bubble.reactions).join("");
  const made = element(
    "div",
    { tabIndex: 0, className: `bubble${bubble.mine ? " mine" : ""}${bubble.deleted ? " deleted" : ""}${emoji ? " reacted" : ""}` },
    quoted ? element("blockquote", { textContent: quoted.text }) : null,
    bubble.deleted ? element("p", { textContent: "deleted" }) : content(bubble),
    offers ? answers(bubble) : null,
    element("footer", {}, `${time(bubble.at)} `, bubble.mine ? ticks(bubble) : ""),
    emoji ? element("span", { className: "emoji", textContent: emoji }) : null,
    tools(bubble),
  );
  return made;
}

function content(bubble) {
  const words = element("p", { textContent: bubble.text });
  if (!bubble.media) return words;
  const captioned = bubble.text.startsWith("[") ? null : words;
  if (["image", "sticker"].includes(bubble.type)) {
    return element("div", {}, element("img", { src: bubble.media, alt: bubble.text, loading: "lazy" }), captioned);
  }
  if (bubble.type === "audio") {
    const player = element("audio", { src: bubble.media, controls: true, preload: "none" });
    player.onplay = () => bubble.mine || act("play", { wamid: bubble.wamid });
    return player;
  }
  return element("p", {}, element("a", { href: bubble.media, textContent: bubble.text, target: "_blank" }));
}

function ticks(bubble) {
  const read = bubble.status === "read";
  return element("span", { className: read ? "read" : "", textContent: read ? "✓✓" : "✓", title: bubble.status });
}

function answers(bubble) {
  const pick = (action) => (offer) =>
    element("button", {
      textContent: offer.title,
      onclick: () => act(action, { id: offer.id, title: offer.title, of: bubble.wamid }),
    });
  return element("div", { className: "answers" }, ...bubble.buttons.map(pick("press")), ...bubble.rows.map(pick("choose")));
}

function tools(bubble) {
  const tool = (label, title, onclick) => element("button", { textContent: label, title, onclick, ariaLabel: title });
  const mine = bubble.mine && !bubble.deleted;
  return element(
    "div",
    { className: "tools" },
    tool("↩", "Quote", () => { state.quote = bubble.wamid; loadChat(); byId("text").focus(); }),
    ...["👍", "❤️", "😂"].map((emoji) => tool(emoji, `React ${emoji}`, () => {
      const taken = bubble.reactions.customer === emoji;
      act("react", { wamid: bubble.wamid, emoji: taken ? "" : emoji });
    })),
    mine && bubble.type === "text" ? tool("✎", "Edit", () => {
      const text = prompt("Correct the message", bubble.text);
      if (text) act("edit", { wamid: bubble.wamid, text });
    }) : null,
    mine ? tool("🗑", "Delete for everyone", () => act("delete", { wamid: bubble.wamid })) : null,
  );
}

function showQuote(known) {
  const bubble = known.get(state.quote);
  byId("quoted").hidden = !bubble;
  byId("quoted").firstElementChild.textContent = bubble ? bubble.text : "";
}

async function write() {
  const text = byId("text").value.trim();
  if (!text || state.number === null) return;
  const quote = state.quote;
  byId("text").value = "";
  state.quote = null;
  await act("say", quote ? { text, quote } : { text });
}

// World

async function loadWorld() {
  const ledger = (state.ledger = await api("GET", "ledger?limit=30"));
  const counts = ledger.counts;
  byId("state").textContent = [
    `${new Date(ledger.now * 1000).toLocaleString()}`,
    ledger.subscribed ? "webhook verified" : "webhook not verified",
    `${counts.sends} sent, ${counts.webhooks} webhooks, ${counts.outstanding} under way`,
  ].join(" · ");
  byId("token").textContent = ledger.token_revoked ? "Restore the token" : "Revoke the token";
  byId("sends").replaceChildren(...ledger.sends.reverse().map(sendLine));
}

function sendLine(send) {
  const body = send.body[send.type];
  const words = body?.body?.text ?? body?.body ?? body?.caption ?? body?.name ?? "";
  const status = send.statuses.at(-1) ?? "accepted";
  return element(
    "li",
    {},
    `${time(send.at)} ${send.type} → ${send.to}: ${words} `,
    element("span", { className: status, textContent: status }),
  );
}

// Wiring

byId("new-person").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    const person = await api("POST", "customers", Object.fromEntries(new FormData(form)));
    form.reset();
    await loadPeople();
    await choose(person.number);
  } catch (problem) {
    alert(problem.message);
  }
};
byId("write").onsubmit = (event) => { event.preventDefault(); write(); };
byId("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); write(); }
};
byId("quoted").lastElementChild.onclick = () => { state.quote = null; loadChat(); };
byId("clear").onclick = async () => {
  await api("DELETE", "faults");
  for (const box of document.querySelectorAll("#webhooks input")) box.checked = false;
  refresh();
};
byId("token").onclick = async () => {
  await api("POST", "faults", { token_revoked: !state.ledger.token_revoked });
  refresh();
};
byId("subscribe").onclick = () => api("POST", "subscribe").catch((problem) => alert(problem.message)).then(refresh);
byId("fault").onsubmit = async (event) => {
  event.preventDefault();
  const { fault, on, often } = Object.fromEntries(new FormData(event.target));
  await api("POST", "faults", { ...JSON.parse(fault), on, ...JSON.parse(often) });
};
for (const box of document.querySelectorAll("#webhooks input")) {
  box.onchange = () => api("POST", "faults", { webhooks: JSON.parse(box.checked ? box.value : box.dataset.off) });
}
for (const button of document.querySelectorAll("[data-clock]")) {
  button.onclick = () => api("POST", "clock", { advance: Number(button.dataset.clock) }).then(refresh);
}
for (const button of document.querySelectorAll("[data-act]")) {
  button.onclick = () => { act(button.dataset.act).then(refresh); button.closest("details")?.removeAttribute("open"); };
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.onclick = () => { document.body.dataset.pane = button.dataset.show; };
}
for (const button of document.querySelectorAll("[data-ask]")) {
  button.onclick = async () => {
    const asked = button.dataset.ask;
    const given = prompt(asked === "username" ? "Username" : "New phone number");
    button.closest("details").removeAttribute("open");
    if (!given) return;
    await act(asked === "username" ? "username" : "change_number", { [asked]: given });
    if (asked === "number") state.number = given.replace(/\D/g, "");
    refresh();
  };
}

let planned = null;
function refresh() {
  planned ??= setTimeout(async () => {
    planned = null;
    await Promise.allSettled([loadPeople(), loadChat(), loadWorld()]);
  }, REFRESH_MS);
}

const events = new EventSource("/world/events");
events.onopen = refresh;
events.onmessage = refresh;
