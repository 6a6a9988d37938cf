// Says new messages of the open conversation to assistive technology: one sentence at most every three seconds.

import { effect } from "@preact/signals";
import { customerName } from "./formats";
import { plainText } from "./marks";
import type { Message } from "./protocol";
import { route } from "./route";
import type { Store } from "./store";
import { strings } from "./strings";

const EVERY = 3_000;

/** Announces until the returned function is called. */
export function announce(store: Store, region: HTMLElement): () => void {
  let waiting: Message[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (): void => {
    const [first] = waiting;
    region.textContent = !first ? "" : waiting.length > 1 ? strings.thread.announcedMany(waiting.length) : sentence(store, first);
    timer = first ? setTimeout(say, EVERY) : undefined;
    waiting = [];
  };
  const stop = effect(() => {
    const message = store.arrivals.value;
    if (!message || message.conversation_id !== route.peek().conversation) return;
    waiting.push(message);
    if (!timer) say();
  });
  return () => {
    stop();
    clearTimeout(timer);
    region.textContent = "";
  };
}

function sentence(store: Store, { conversation_id: id, content, sender }: Message): string {
  const customer = store.held(id)?.conversation.customer ?? sender;
  const text = content.text ? plainText(content.text) : strings.kinds[content.type];
  return strings.thread.announced(customerName(customer), text);
}
