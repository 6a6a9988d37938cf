// What lies over the page: the connection banner, notices, a photo, the list of shortcuts.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Banner } from "../banner";
import { strings } from "../strings";
import { dismiss, toasts } from "../toasts";
import { lightbox, sheetOpen } from "../ui";
import { useFile } from "./Attachment";
import { useDesk } from "./context";
import { Icon } from "./icons";

export function ConnectionNotice(): JSX.Element {
  const { banner, outbox } = useDesk();
  const shown = banner.shown.value;
  const words = bannerWords(shown, outbox.letters.value.filter(({ state }) => state === "queued").length);
  return (
    <div class="banner-place" role="status">
      {words && <p class={`banner banner-${shown.kind}`}>{words}</p>}
    </div>
  );
}

function bannerWords(banner: Banner, queued: number): string | null {
  switch (banner.kind) {
    case "none":
      return null;
    case "reconnecting":
      return strings.connection.reconnecting;
    case "offline":
      return queued > 0 ? strings.connection.offlineQueued(queued) : strings.connection.offline;
    case "back":
      return strings.connection.caughtUp(banner.count);
    case "reloaded":
      return strings.connection.reloaded;
  }
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status">
      {toasts.value.map(({ id, text, tone }) => (
        <p key={id} class={`toast toast-${tone}`}>
          {tone === "danger" && <Icon name="alert" />}
          <span>{text}</span>
          <button class="small" type="button" aria-label={strings.toast.dismiss} onClick={() => dismiss(id)}>
            <Icon name="close" size={16} />
          </button>
        </p>
      ))}
    </div>
  );
}

/** A modal dialog of the browser's own: it keeps the focus inside and Escape closes it. */
function Modal({ label, onClose, name, children }: { label: string; name: string; onClose(): void; children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class={`modal ${name}`}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      {children}
      <button class="button icon-only modal-close" type="button" aria-label={strings.media.close} onClick={() => dialog.current?.close()}>
        <Icon name="close" />
      </button>
    </dialog>
  );
}

export function Lightbox(): JSX.Element | null {
  const shown = lightbox.value;
  if (!shown) return null;
  return (
    <Modal label={shown.name} name="lightbox" onClose={() => (lightbox.value = null)}>
      <Enlarged address={shown.address} name={shown.name} />
    </Modal>
  );
}

function Enlarged({ address, name }: { address: string; name: string }): JSX.Element {
  const file = useFile(address);
  if (file.state !== "ready") return <p>{strings.media.loading}</p>;
  return (
    <figure>
      <img src={file.url} alt={name} />
      <figcaption>
        <a class="button" href={file.url} download={name}>
          {strings.media.download}
        </a>
      </figcaption>
    </figure>
  );
}

export function ShortcutSheet(): JSX.Element | null {
  if (!sheetOpen.value) return null;
  return (
    <Modal label={strings.shortcuts.title} name="sheet" onClose={() => (sheetOpen.value = false)}>
      <h2>{strings.shortcuts.title}</h2>
      <dl class="keys">
        {strings.shortcuts.rows.map(([keys, does]) => (
          <div key={keys + does}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
