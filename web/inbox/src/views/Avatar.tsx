import type { ComponentChildren, JSX } from "preact";
import { initials } from "../formats";
import type { ChannelType, PresenceState } from "../protocol";
import { strings } from "../strings";

interface Props {
  name: string;
  channel?: ChannelType;
  presence?: PresenceState;
  size?: "s" | "m";
}

/** Initials, with the channel's or the presence's mark at the corner. What the mark means is said beside it. */
export function Avatar({ name, channel, presence, size = "m" }: Props): JSX.Element {
  return (
    <span class={`avatar avatar-${size}`} aria-hidden="true">
      {initials(name)}
      {channel && <Badge kind={channel} title={strings.channel[channel]}>{GLYPHS[channel]}</Badge>}
      {presence && <Badge kind={presence} title={strings.presence[presence]} />}
    </span>
  );
}

function Badge({ kind, title, children }: { kind: string; title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <span class={`corner corner-${kind}`} title={title}>
      {children}
    </span>
  );
}

/** A telephone receiver for WhatsApp, a window for the own app: told apart by shape as well as by colour. */
const GLYPHS: Readonly<Record<ChannelType, JSX.Element>> = {
  whatsapp: (
    <svg viewBox="0 0 12 12">
      <path d="M3.300 2.200 4.600 2l.9 1.900-.8.900c.5 1 1.300 1.800 2.300 2.300l.9-.8 1.900.9-.2 1.300c-.1.600-.7 1-1.300.9C5 9 2.800 6.800 2.400 3.500c-.1-.6.300-1.200.9-1.300z" />
    </svg>
  ),
  chat_app: (
    <svg viewBox="0 0 12 12">
      <path d="M3.500 2.500h5a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H6.300L4.300 9.400V7.500h-.8a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1z" />
    </svg>
  ),
};
