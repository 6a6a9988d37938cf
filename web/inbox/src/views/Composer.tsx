import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isWindowOpen } from "../actions";
import { hubNow, second } from "../clock";
import type { Desk } from "../desk";
import { customerName, fileSize, firstName } from "../formats";
import type { Conversation } from "../protocol";
import { strings } from "../strings";
import { toast } from "../toasts";
import { focusComposer } from "../ui";
import { useDesk } from "./context";
import { Icon } from "./icons";
import { TemplateForm } from "./TemplateForm";
import { WindowRing } from "./WindowRing";

/** What WhatsApp takes as text, and as a caption of a file. */
const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;
/** The largest file any channel takes; the hub may allow less and says so. */
const FILE_LIMIT = 100_000_000;
const FILES_LIMIT = 10;

export function Composer({ conversation }: { conversation: Conversation }): JSX.Element {
  const { store } = useDesk();
  const { id } = conversation;
  // The clock decides once a second; nothing is drawn again until the answer changes.
  const open = useComputed(() => isWindowOpen(store.conversation(id) ?? conversation, second.value)).value;
  if (conversation.status === "closed") return <p class="composer-closed">{strings.composer.closed}</p>;
  return open ? <Reply conversation={conversation} /> : <TemplateForm conversation={conversation} />;
}

function Reply({ conversation }: { conversation: Conversation }): JSX.Element {
  const desk = useDesk();
  const { id, customer } = conversation;
  const { text, quote } = desk.drafts.of(id).value;
  const files = desk.drafts.files(id);
  const [dropping, setDropping] = useState(false);
  const over = text.length - TEXT_LIMIT;
  const empty = text.trim() === "" && files.value.length === 0;

  const submit = (event: Event): void => {
    event.preventDefault();
    if (!empty && over <= 0) send(desk, conversation);
  };
  return (
    <form
      class={`composer ${dropping ? "composer-drop" : ""}`}
      aria-label={strings.composer.label}
      onSubmit={submit}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        attach(desk, id, event.dataTransfer?.files);
      }}
    >
      <div class="composer-top">
        {quote ? <QuoteChip desk={desk} conversation={conversation} /> : <span class="composer-name">{strings.composer.label}</span>}
        <span class="spring" />
        {conversation.channel.type === "whatsapp" && <WindowRing expires={conversation.window_expires_at} />}
      </div>
      <TextField desk={desk} id={id} placeholder={strings.composer.reply(firstName(customerName(customer)))} onSend={submit} />
      <FileChips desk={desk} id={id} />
      <div class="composer-bottom">
        <AttachButton onFiles={(chosen) => attach(desk, id, chosen)} />
        <span class="spring" />
        {over > 0 && (
          <span class="danger-text" role="status">
            {strings.composer.tooLong(over)}
          </span>
        )}
        <span class="quiet keyboard-only">{strings.composer.enterSends}</span>
        <button class="button primary" type="submit" disabled={empty || over > 0}>
          {strings.composer.send}
        </button>
      </div>
    </form>
  );
}

interface TextFieldProps {
  desk: Desk;
  id: string;
  placeholder: string;
  onSend(event: Event): void;
}

function TextField({ desk, id, placeholder, onSend }: TextFieldProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = useRef(focusComposer.peek());
  useEffect(() => {
    if (focusComposer.value === asked.current) return;
    asked.current = focusComposer.value;
    field.current?.focus();
  }, [focusComposer.value]);
  return (
    <textarea
      ref={field}
      class="composer-text"
      dir="auto"
      rows={2}
      aria-label={placeholder}
      placeholder={placeholder}
      value={desk.drafts.of(id).value.text}
      onInput={(event) => {
        desk.drafts.change(id, { text: event.currentTarget.value });
        if (event.currentTarget.value) desk.typed(id);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !isTouch()) onSend(event);
      }}
      onPaste={(event) => {
        const pasted = event.clipboardData?.files;
        if (!pasted?.length) return;
        event.preventDefault();
        attach(desk, id, pasted);
      }}
    />
  );
}

/** On a touch keyboard Enter makes a line; the button sends. */
function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
}

function QuoteChip({ desk, conversation }: { desk: Desk; conversation: Conversation }): JSX.Element {
  const { quote } = desk.drafts.of(conversation.id).value;
  return (
    <span class="composer-quote">
      <Icon name="reply" size={16} />
      <span class="composer-quote-text" dir="auto">
        <b>{strings.composer.quoting(quote?.sender_name ?? customerName(conversation.customer))}</b> {quote?.text}
      </span>
      <button class="small" type="button" aria-label={strings.composer.stopQuoting} onClick={() => desk.drafts.change(conversation.id, { quote: null })}>
        <Icon name="close" size={16} />
      </button>
    </span>
  );
}

function FileChips({ desk, id }: { desk: Desk; id: string }): JSX.Element | null {
  const files = desk.drafts.files(id);
  if (files.value.length === 0) return null;
  return (
    <ul class="file-chips">
      {files.value.map((file) => (
        <li key={`${file.name} ${file.size} ${file.lastModified}`} class="file-chip">
          <Icon name={file.type.startsWith("image/") ? "image" : "file"} size={16} />
          <span class="file-chip-name">{file.name}</span>
          <span class="quiet number">{fileSize(file.size)}</span>
          <button
            class="small"
            type="button"
            aria-label={strings.composer.remove(file.name)}
            onClick={() => (files.value = files.value.filter((one) => one !== file))}
          >
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function AttachButton({ onFiles }: { onFiles(files: FileList | null): void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        class="button icon-only"
        type="button"
        aria-label={strings.composer.attach}
        title={strings.composer.attach}
        onClick={() => input.current!.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

function attach(desk: Desk, id: string, chosen: FileList | null | undefined): void {
  const files = desk.drafts.files(id);
  const fitting = [...(chosen ?? [])].filter((file) => {
    if (file.size <= FILE_LIMIT) return true;
    toast(strings.composer.tooLarge(file.name, fileSize(FILE_LIMIT)), "danger");
    return false;
  });
  const all = [...files.peek(), ...fitting];
  if (all.length > FILES_LIMIT) toast(strings.composer.tooMany(FILES_LIMIT), "danger");
  files.value = all.slice(0, FILES_LIMIT);
}

/** One message per file; the text is the first file's caption where it can be one, else a message before them. */
function send(desk: Desk, { id }: Conversation): void {
  const { text, quote } = desk.drafts.of(id).peek();
  const files = desk.drafts.files(id);
  const words = text.trim();
  const [first] = files.peek();
  const captioned = first !== undefined && !first.type.startsWith("audio/") && words.length <= CAPTION_LIMIT;
  const letters = files.peek().map((file, index) => ({
    file: { blob: file, name: file.name },
    ...(captioned && index === 0 && words && { text: words }),
  }));
  const all = words && !captioned ? [{ text: words }, ...letters] : letters;
  const added = all.map((letter, index) => desk.outbox.add(id, { ...letter, ...(index === 0 && quote && { quote }) }, hubNow()));
  if (!added.every(Boolean)) toast(strings.composer.full, "danger");
  if (!added[0]) return;
  desk.drafts.clear(id);
  files.value = [];
}
