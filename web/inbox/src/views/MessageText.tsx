import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { parseMarks, type Piece } from "../marks";

/** A message's text with its marks and links, direction by its own script. */
export function MessageText({ text }: { text: string }): JSX.Element {
  const pieces = useMemo(() => parseMarks(text), [text]);
  return (
    <p class="text" dir="auto">
      {pieces.map(draw)}
    </p>
  );
}

function draw(piece: Piece, index: number): ComponentChildren {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "link":
      return (
        <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
      );
    case "bold":
      return <strong key={index}>{piece.pieces.map(draw)}</strong>;
    case "italic":
      return <em key={index}>{piece.pieces.map(draw)}</em>;
    case "strike":
      return <s key={index}>{piece.pieces.map(draw)}</s>;
    case "mono":
      return <code key={index}>{piece.pieces.map(draw)}</code>;
  }
}
