// WhatsApp's text marks (*bold*, _italic_, ~strike~, ```mono```, `code`) and links, as a tree. Never HTML strings.
// The rules are those of WhatsApp's help page "About formatting your messages".

export type Mark = "bold" | "italic" | "strike" | "mono";
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: Mark; readonly pieces: readonly Piece[] };

const MARKS: Readonly<Record<string, Mark>> = { "*": "bold", _: "italic", "~": "strike" };
const LINK = /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"'`]+/iuy;
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
const WORD = /[\p{L}\p{N}]/u;
const DEPTH = 6;

export function parseMarks(text: string, depth = 0): Piece[] {
  const pieces: Piece[] = [];
  let plain = 0;
  let index = 0;
  while (index < text.length) {
    const found = depth < DEPTH ? (linkAt(text, index) ?? monoAt(text, index) ?? markAt(text, index, depth)) : null;
    if (!found) {
      index++;
      continue;
    }
    if (plain < index) pieces.push({ kind: "text", text: text.slice(plain, index) });
    pieces.push(found.piece);
    index = plain = found.end;
  }
  if (plain < text.length) pieces.push({ kind: "text", text: text.slice(plain) });
  return pieces;
}

interface Found {
  readonly piece: Piece;
  readonly end: number;
}

function markAt(text: string, index: number, depth: number): Found | null {
  const sign = text[index]!;
  const kind = MARKS[sign];
  if (!kind || !opens(text, index)) return null;
  const end = closing(text, index, sign);
  if (end < 0) return null;
  return { piece: { kind, pieces: parseMarks(text.slice(index + 1, end), depth + 1) }, end: end + 1 };
}

/** A mark opens at a word's edge and is followed by something other than space. */
function opens(text: string, index: number): boolean {
  const before = text[index - 1];
  const after = text[index + 1];
  return (before === undefined || !WORD.test(before)) && after !== undefined && !/\s/.test(after) && after !== text[index];
}

/** Its end is on the same line, after something other than space, and not before a letter. */
function closing(text: string, start: number, sign: string): number {
  for (let index = start + 2; index < text.length && text[index] !== "\n"; index++) {
    if (text[index] !== sign || /\s/.test(text[index - 1]!)) continue;
    const after = text[index + 1];
    if (after === undefined || !WORD.test(after)) return index;
  }
  return -1;
}

function monoAt(text: string, index: number): Found | null {
  if (text[index] !== "`") return null;
  const fence = text.startsWith("```", index) ? "```" : "`";
  const end = text.indexOf(fence, index + fence.length);
  const inside = end < 0 ? "" : text.slice(index + fence.length, end);
  if (inside.trim() === "" || (fence === "`" && inside.includes("\n"))) return null;
  return { piece: { kind: "mono", pieces: [{ kind: "text", text: inside }] }, end: end + fence.length };
}

function linkAt(text: string, index: number): Found | null {
  if (!/[hmt]/i.test(text[index]!)) return null;
  LINK.lastIndex = index;
  const match = LINK.exec(text);
  if (match?.index !== index) return null;
  const shown = match[0].replace(/[.,;:!?)\]}*_~]+$/u, "");
  const href = safeHref(shown);
  return href ? { piece: { kind: "link", text: shown, href }, end: index + shown.length } : null;
}

/** The address if it is one a message may link to (http, https, mailto, tel), else null. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** The text without its marks, for a one-line preview. */
export function plainText(text: string): string {
  return parseMarks(text).map(plainPiece).join("").replace(/\s+/gu, " ").trim();
}

function plainPiece(piece: Piece): string {
  return "text" in piece ? piece.text : piece.pieces.map(plainPiece).join("");
}
