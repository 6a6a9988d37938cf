// The shapes that travel between the page and the hub, as documented at /openapi.json. Times are RFC 3339 UTC.

export type ConversationStatus = "pending" | "open" | "snoozed" | "resolved" | "closed";
export type ChannelType = "whatsapp" | "chat_app";
export type ContentType = "text" | "image" | "video" | "audio" | "document" | "interactive";
export type Direction = "inbound" | "outbound";
export type MessageStatus = "received" | "pending" | "sending" | "unknown" | "sent" | "delivered" | "read" | "failed";
export type PresenceState = "online" | "away" | "offline";

export interface Team {
  id: string;
  name: string;
  kind: string;
}

export interface User {
  id: string;
  email?: string;
  name: string;
  role: "agent" | "supervisor" | "admin";
  teams?: Team[];
  presence?: PresenceState;
}

export interface Grant {
  access_token: string;
  expires_in: number;
  user: User;
}

export interface LastMessage {
  message_id: string;
  direction: Direction;
  type: ContentType;
  text: string | null;
  at: string;
  status: MessageStatus;
}

export interface Conversation {
  id: string;
  number: number;
  status: ConversationStatus;
  channel: { name: string; type: ChannelType };
  customer: { id: string; name: string | null; phone?: string | null; created_at?: string };
  team_id: string | null;
  assignee_id: string | null;
  assignee_name?: string | null;
  priority: number | null;
  tags: string[];
  subject: string | null;
  unread: number;
  failed: number;
  waiting_since: string | null;
  first_reply_at: string | null;
  window_expires_at: string | null;
  last_message: LastMessage | null;
  /** Whether the AI agent may act in it; false once a person has. */
  ai_attached: boolean;
  version: number;
  created_at: string;
  updated_at: string;
}

/** What message events say of a conversation: the fields that a message can change. */
export type ConversationPart = Pick<Conversation, "id" | "version"> & Partial<Omit<Conversation, "id" | "version">>;

export interface Media {
  id?: string;
  state: "pending" | "stored" | "failed";
  mime_type?: string | null;
  size?: number | null;
  filename?: string | null;
  voice?: boolean;
  sticker?: boolean;
  width?: number;
  height?: number;
  reason?: string | null;
}

export interface Location {
  latitude?: number;
  longitude?: number;
  name?: string | null;
  address?: string | null;
}

export interface ContactCard {
  name?: { formatted_name?: string } | null;
  phones?: { phone?: string }[];
}

export interface Choosable {
  id?: string;
  title?: string;
}

/** A customer's choice (`title`), or what we offered to choose from, as the channel writes it. */
export interface Interactive extends Choosable {
  description?: string;
  action?: { buttons?: { reply?: Choosable }[]; sections?: { rows?: Choosable[] }[] };
}

export interface Content {
  type: ContentType;
  text: string | null;
  media_url?: string | null;
  metadata?: {
    media?: Media;
    location?: Location;
    contacts?: ContactCard[];
    interactive?: Interactive;
    template?: { name: string; language: string };
    unsupported?: unknown;
    [key: string]: unknown;
  };
}

export interface Reason {
  code: string | number;
  reason: string;
  retryable: boolean;
}

export interface Quote {
  message_id: string;
  text: string | null;
  sender_name?: string | null;
}

export interface Message {
  message_id: string;
  conversation_id: string;
  conversation_seq: number;
  channel: string;
  channel_message_id?: string | null;
  client_id?: string | null;
  direction: Direction;
  sender: { type: "customer" | "agent" | "system"; id: string | null; name: string | null };
  content: Content;
  timestamp: string;
  status: MessageStatus;
  status_at?: Partial<Record<"sent" | "delivered" | "read" | "failed", string>>;
  error?: Reason | null;
  attempt?: number;
  reply_to?: Quote | null;
  reactions?: { emoji: string; by: string }[];
  edited_at?: string | null;
  deleted_at?: string | null;
  metadata?: Record<string, unknown>;
}

export interface NewMessage {
  client_id: string;
  text?: string;
  media_id?: string;
  template?: { name: string; language: string; parameters: string[] };
  reply_to?: string;
}

export interface Template {
  name: string;
  language: string;
  category: string;
  body: string;
  parameters: number;
}

export interface Upload {
  id: string;
  url: string;
  mime_type: string;
  size: number;
  filename: string | null;
}

/** An amount as a decimal with all of the currency's digits, and the ISO 4217 code. */
export interface Money {
  amount: string;
  currency: string;
}

export type ApprovalState = "pending" | "approved" | "rejected" | "expired" | "withdrawn";

/** A request of the AI agent that a person has to decide. What the AI wrote of it is a stranger's text. */
export interface Approval extends Money {
  id: string;
  draft_id: string;
  /** Of the terms that were asked for; given back with the decision, so that nothing else is decided. */
  draft_hash: string;
  customer: { id: string; name: string | null };
  conversation_id: string;
  conversation_number: number;
  team_id: string | null;
  risk: string[];
  ai_description: { untrusted_text: string };
  requested_at: string;
  expires_at: string;
  state: ApprovalState;
  decided_by: string | null;
  decided_at: string | null;
  reason: string | null;
}

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** What back ends know of a customer. Their texts are strangers' texts; `provider_status` is the back end's own word. */
export interface Ticket {
  id: string;
  status: string;
  provider_status: string;
  subject: string;
  created_at: string | null;
  updated_at: string | null;
}

export interface Transaction {
  id: string;
  status: string;
  provider_status: string;
  amount: Money;
  description: string;
  created_at: string | null;
}

/** Rows as they were at the back end at `as_of`; `stale` when it could not be asked again since. */
export interface Records<Row> extends Page<Row> {
  as_of: string;
  stale: boolean;
}

/** Whether a back end is asked: `open` when it failed too often and is left alone for a while. */
export interface Circuit {
  integration: string;
  state: "open" | "closed";
  retry_after_s: number;
}

export interface ConversationPage {
  data: Conversation[];
  next_cursor: string | null;
  /** The realtime position at which the list is exact. */
  seq: number;
}

export interface MessagePage {
  data: Message[];
  next_cursor: string | number | null;
  seq: number;
  read_seq: number | null;
}

export interface Problem {
  title: string;
  status: number;
  code: string;
  detail?: string;
  request_id?: string;
  retryable?: boolean;
  errors?: { path: string; message: string }[];
  current?: Conversation;
  winner?: { id: string; name: string };
  expires_at?: string | null;
}

export interface Actor {
  type: string;
  id: string | null;
  name: string | null;
}

/** One event of the feed. Durable ones carry `seq`; typing, presence and viewing do not and are never replayed. */
export interface HubEvent {
  type: string;
  seq?: number;
  id?: string;
  at: string;
  conversation_id?: string | null;
  conversation_seq?: number | null;
  version?: number | null;
  actor?: Actor | null;
  data?: {
    conversation?: ConversationPart;
    message?: Message;
    team_id?: string | null;
    open?: number;
    unassigned?: number;
    /** How far the reader himself has read, and how much comes after it. */
    read_seq?: number;
    unread?: number;
    user_id?: string;
    /** A person's presence, or a circuit's state. */
    state?: string;
    approval?: Approval;
    integration?: string;
    retry_after_s?: number;
    [key: string]: unknown;
  };
}

export interface Hello {
  type: "hello";
  seq: number;
  epoch: string;
  server_time: string;
  heartbeat_s: number;
}

export type Control =
  | Hello
  | { type: "resumed"; from: number; to: number; count: number }
  | { type: "reset"; reason: string }
  | { type: "bye"; code: number; retry_after_s: number }
  | { type: "error"; code: string; detail?: string }
  | { type: "pong" };

export type Frame = Control | HubEvent;

export type Command =
  | { type: "typing"; conversation_id: string }
  | { type: "viewing"; conversation_id: string | null }
  | { type: "presence"; state: PresenceState }
  | { type: "ping" };

const CONTROL = new Set(["hello", "resumed", "reset", "bye", "error", "pong"]);

export function isControl(frame: Frame): frame is Control {
  return CONTROL.has(frame.type);
}
