// A customer's side of the Chat App in 40 lines, for browsers and Node 22: it loses nothing when the connection breaks.

export class ChatClient {
  constructor(url, token, onMessage, after = null) {
    Object.assign(this, { url: `${url}/chat/v1`, token, onMessage, seq: after, closed: false });
  }

  async send(text) {
    // One id for all tries: however often it is sent, it is one message.
    const body = JSON.stringify({ channel_message_id: crypto.randomUUID(), text });
    const headers = { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" };
    for (;;) {
      const answer = await fetch(`${this.url}/messages`, { method: "POST", body, headers }).catch(() => null);
      const message = await answer?.json().catch(() => null);
      if (message && answer.ok) return message;
      if (message && ![429, 503].includes(answer.status)) throw new Error(message.detail);
      await new Promise((done) => setTimeout(done, 500));
    }
  }

  listen() {
    // Keep `seq` where it survives the page, and hand it in as `after` at the next start.
    const place = this.seq === null ? "" : `?after=${this.seq}`;
    const protocols = ["hub.v1", `bearer.${this.token}`];
    this.socket = new WebSocket(`${this.url.replace(/^http/, "ws")}/ws${place}`, protocols);
    this.socket.onmessage = ({ data }) => this.take(JSON.parse(data));
    this.socket.onclose = () => this.closed || setTimeout(() => this.listen(), 200);
  }

  take(event) {
    const message = event.data?.message;
    if (["message.received", "message.sent"].includes(event.type)) this.onMessage(message);
    if (event.type === "message.sent") {
      this.socket.send(JSON.stringify({ type: "delivered", message_id: message.message_id }));
    }
    // At a `reset`, read GET /chat/v1/messages again.
    if (event.type !== "hello" || this.seq === null) this.seq = event.seq ?? this.seq;
  }
}
