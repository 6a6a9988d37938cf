import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { FileState } from "../files";
import { fileSize } from "../formats";
import type { Content, Media } from "../protocol";
import { strings } from "../strings";
import { reasonOf, toast } from "../toasts";
import { lightbox } from "../ui";
import { AudioPlayer } from "./AudioPlayer";
import { useDesk } from "./context";
import { Icon } from "./icons";

const WIDEST = 320;
const HIGHEST = 280;

/** A message's file: shown when it is here, said when it is on its way or cannot be had. */
export function Attachment({ content }: { content: Content }): JSX.Element | null {
  const media = content.metadata?.media;
  const address = content.media_url;
  if (!media && !address) return null;
  if (media?.state === "failed") {
    return <p class="file-note danger-text">{strings.media.failed(media.reason || strings.media.unknownReason)}</p>;
  }
  if (!address || media?.state === "pending") return <p class="file-note">{strings.media.waiting}</p>;
  if (content.type === "document" || !media) return <Document address={address} media={media} />;
  return <Stored address={address} type={content.type} media={media} />;
}

/** The fetched file of an address, for as long as the component shows it. */
export function useFile(address: string): FileState {
  const { files } = useDesk();
  const file = useMemo(() => files.use(address), [files, address]);
  useEffect(() => () => files.release(address), [files, address]);
  return file.value;
}

function Stored({ address, type, media }: { address: string; type: string; media: Media }): JSX.Element {
  const { files } = useDesk();
  const file = useFile(address);
  if (file.state === "failed") {
    return (
      <button class="link" type="button" onClick={() => files.again(address)}>
        {strings.media.retry}
      </button>
    );
  }
  const url = file.state === "ready" ? file.url : undefined;
  if (type === "audio") return <AudioPlayer url={url} voice={media.voice === true} />;
  if (type === "video") return <video class="video" src={url} controls preload="metadata" />;
  return <Photo address={address} url={url} media={media} />;
}

function Photo({ address, url, media }: { address: string; url: string | undefined; media: Media }): JSX.Element {
  const name = media.sticker ? strings.media.sticker : (media.filename ?? strings.media.photo);
  const size = fit(media);
  if (!url) return <span class="photo bone" style={size} aria-label={strings.media.loading} role="img" />;
  const image = <img class={media.sticker ? "sticker" : "photo"} src={url} alt={name} style={size} />;
  if (media.sticker) return image;
  return (
    <button class="photo-button" type="button" aria-label={strings.media.open} onClick={() => (lightbox.value = { address, name })}>
      {image}
    </button>
  );
}

/** The place kept for a picture, so that nothing moves when it arrives. */
function fit({ width, height, sticker }: Media): { width: string; height: string } {
  const widest = sticker ? 128 : WIDEST;
  if (!width || !height) return { width: `${sticker ? widest : 240}px`, height: `${sticker ? widest : 180}px` };
  const scale = Math.min(1, widest / width, HIGHEST / height);
  return { width: `${Math.round(width * scale)}px`, height: `${Math.round(height * scale)}px` };
}

function Document({ address, media }: { address: string; media: Media | undefined }): JSX.Element {
  const { api } = useDesk();
  const name = media?.filename ?? strings.media.document;
  return (
    <button class="document" type="button" onClick={() => void save(api.file(address), name)}>
      <span class="document-icon">
        <Icon name="file" />
      </span>
      <span class="document-name" dir="auto">
        {name}
      </span>
      <span class="quiet number">{[kind(media), media?.size ? fileSize(media.size) : ""].filter(Boolean).join(" · ")}</span>
    </button>
  );
}

function kind(media: Media | undefined): string {
  const extension = media?.filename?.split(".").at(-1);
  return (extension && extension !== media?.filename ? extension : (media?.mime_type?.split("/").at(-1) ?? "")).slice(0, 5).toUpperCase();
}

/** Customers' files are saved, never opened in the page's own origin. */
async function save(file: Promise<Blob>, name: string): Promise<void> {
  try {
    const url = URL.createObjectURL(await file);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  } catch (error) {
    toast(strings.media.failed(reasonOf(error)), "danger");
  }
}
