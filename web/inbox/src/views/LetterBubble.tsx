import type { JSX } from "preact";
import { fileSize } from "../formats";
import type { Letter } from "../outbox";
import { strings } from "../strings";
import { filled } from "../template";
import { useDesk } from "./context";
import { SentAt } from "./Delivery";
import { Icon } from "./icons";
import { MessageText } from "./MessageText";

/** What was written and is not with the hub yet. It becomes the message's own bubble when it is. */
export function LetterBubble({ letter }: { letter: Letter }): JSX.Element {
  const text = letter.template ? filled(letter.template.template, letter.template.parameters) : letter.text;
  const failed = letter.state === "failed";
  return (
    <article class="bubble-line line-outbound" aria-label={strings.thread.you}>
      <div class={`bubble bubble-out ${failed ? "bubble-failed" : "bubble-queued"}`}>
        {letter.file && (
          <p class="file-note">
            <Icon name="clip" size={16} /> {letter.file.name} · {fileSize(letter.file.blob.size)}
          </p>
        )}
        {text && <MessageText text={text} />}
        <p class="meta">
          <SentAt at={letter.writtenAt} />
          {!failed && (
            <span class="delivery">
              <Icon name="clock" size={14} />
              {strings.message.queued}
            </span>
          )}
        </p>
        {failed && <Refusal letter={letter} />}
      </div>
    </article>
  );
}

function Refusal({ letter }: { letter: Letter }): JSX.Element {
  const { outbox, drafts } = useDesk();
  const discard = (): void => {
    const draft = drafts.of(letter.conversationId).peek().text;
    if (letter.text && !draft) drafts.change(letter.conversationId, { text: letter.text });
    void outbox.discard(letter.key);
  };
  return (
    <p class="trouble">
      <Icon name="alert" size={14} />
      {strings.message.notSent(letter.error?.reason ?? strings.problem.unknown)}
      <button class="link" type="button" onClick={() => outbox.again(letter.key)}>
        {strings.message.retry}
      </button>
      <button class="link" type="button" onClick={discard}>
        {strings.message.discard}
      </button>
    </p>
  );
}
