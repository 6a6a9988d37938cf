import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { focused } from "../attention";
import { minute } from "../clock";
import { dayName } from "../formats";
import type { Conversation } from "../protocol";
import { estimate, NEW_LINE_KEY, type ThreadRow, threadRows } from "../rows";
import { strings } from "../strings";
import type { Thread } from "../thread";
import { focusThread } from "../ui";
import { type Anchor, Column, type Range } from "../virtual";
import { Bubble } from "./Bubble";
import { useDesk } from "./context";
import { EventLine } from "./EventLine";
import { Icon } from "./icons";
import { LetterBubble } from "./LetterBubble";

const OVERSCAN = 400;
const NEAR_END = 32;
const OLDER_WITHIN = 800;

interface Props {
  thread: Thread;
  conversation: Conversation;
}

/** The messages: only those near the screen are drawn, and what the eye is on does not move when others change. */
export function MessageColumn({ thread, conversation }: Props): JSX.Element {
  const desk = useDesk();
  const { id } = conversation;
  const letters = useComputed(() => desk.outbox.letters.value.filter((letter) => letter.conversationId === id)).value;
  const rows = useMemo(() => threadRows(thread, letters), [thread, letters]);
  const view = useColumn(rows, thread.line !== null);
  const { scroller, range, atEnd } = view;

  useOlderPages(view, thread);
  useReading(view, rows, id);
  useLayoutEffect(() => {
    if (letters.length > 0) view.toEnd();
  }, [letters.length]);
  useEffect(() => {
    if (focusThread.value > 0) scroller.current?.focus({ preventScroll: true });
  }, [focusThread.value]);

  return (
    <div class="thread-frame">
      <div ref={scroller} class="thread-scroll" role="log" aria-label={strings.thread.label} aria-live="off" tabindex={0} onScroll={view.look}>
        <div class="thread-extent" style={{ height: `${view.total}px` }}>
          <div ref={view.drawn} class="thread-drawn" style={{ transform: `translateY(${view.offset}px)` }}>
            {rows.slice(range.start, range.end).map((row) => (
              <div key={row.key} data-key={row.key} class="thread-row">
                <Row row={row} conversation={conversation} />
              </div>
            ))}
          </div>
        </div>
        {rows.length === 0 && <p class="empty">{strings.thread.empty}</p>}
      </div>
      {!atEnd && (
        <button class="jump" type="button" aria-label={strings.thread.latest} title={strings.thread.latest} onClick={view.toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Row({ row, conversation }: { row: ThreadRow; conversation: Conversation }): JSX.Element {
  switch (row.kind) {
    case "day":
      return <p class="day">{dayName(row.at, minute.value)}</p>;
    case "new":
      return <p class="new-line">{strings.thread.new(row.count)}</p>;
    case "event":
      return <EventLine event={row.event} />;
    case "message":
      return <Bubble message={row.message} conversation={conversation} joined={row.joined} />;
    case "letter":
      return <LetterBubble letter={row.letter} />;
  }
}

interface ColumnView {
  readonly scroller: { current: HTMLDivElement | null };
  readonly drawn: { current: HTMLDivElement | null };
  readonly column: Column;
  readonly range: Range;
  readonly total: number;
  readonly offset: number;
  readonly atEnd: boolean;
  look(): void;
  toEnd(): void;
}

/** Keeps the column's measurements, which rows are drawn, and the scroll position: at the end, or at an anchor. */
function useColumn(rows: readonly ThreadRow[], startAtNew: boolean): ColumnView {
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const [column] = useState(() => new Column());
  const held = useRef<Anchor | "end">(startAtNew ? { key: NEW_LINE_KEY, offset: -96 } : "end");
  const [atEnd, setAtEnd] = useState(!startAtNew);
  const [range, setRange] = useState<Range>({ start: 0, end: 0 });
  const [, redraw] = useState(0);
  useMemo(() => column.setRows(rows.map(({ key }) => key), rows.map(estimate)), [rows, column]);

  const show = (): void => {
    const { scrollTop, clientHeight } = scroller.current!;
    const next = column.range(scrollTop, clientHeight, OVERSCAN);
    setRange((now) => (now.start === next.start && now.end === next.end ? now : next));
  };
  const settle = (): void => {
    const box = scroller.current!;
    const top = held.current === "end" ? column.total - box.clientHeight : column.restore(held.current);
    if (top !== null && Math.abs(box.scrollTop - top) >= 1) box.scrollTop = top;
    setAtEnd(isAtEnd(box, column.total));
    show();
  };
  const look = (): void => {
    const box = scroller.current!;
    const end = isAtEnd(box, column.total);
    held.current = end ? "end" : (column.anchor(box.scrollTop, (index) => isSteady(rows[index])) ?? "end");
    setAtEnd(end);
    show();
  };
  const measure = (): void => {
    const children = [...drawn.current!.children] as HTMLElement[];
    const heights = children.map((child) => [child.dataset.key!, child.getBoundingClientRect().height] as const);
    if (column.measure(heights)) redraw((count) => count + 1);
  };
  const toEnd = (): void => {
    held.current = "end";
    setAtEnd(true);
    settle();
  };

  useLayoutEffect(() => {
    measure();
    settle();
  });
  // Not a passive effect: its cleanup would come after the paint, when the elements are gone and have "changed size".
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      measure();
      settle();
    });
    observer.observe(drawn.current!);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  return { scroller, drawn, column, range, total: column.total, offset: column.offsetOf(range.start), atEnd, look, toEnd };
}

function isAtEnd({ scrollTop, clientHeight }: HTMLElement, total: number): boolean {
  return scrollTop + clientHeight >= total - NEAR_END;
}

/** Dividers and event lines move when an older page is put before them; messages do not. */
function isSteady(row: ThreadRow | undefined): boolean {
  return row?.kind === "message" || row?.kind === "letter";
}

/** Near the top the page before is fetched; a failure is tried again at the next scroll. */
function useOlderPages({ scroller, range }: ColumnView, thread: Thread): void {
  const { loader } = useDesk();
  useEffect(() => {
    const near = (scroller.current?.scrollTop ?? Infinity) < OLDER_WITHIN;
    if (near) void loader.older(thread.id);
  }, [loader, range, thread.cursor, thread.id]);
}

/** A message is read when its end was on screen in a focused tab. */
function useReading({ scroller, column, atEnd, range }: ColumnView, rows: readonly ThreadRow[], id: string): void {
  const desk = useDesk();
  const looking = focused.value;
  useEffect(() => {
    desk.store.attended = looking && atEnd ? id : null;
    return () => {
      desk.store.attended = null;
    };
  }, [desk, looking, atEnd, id]);
  useEffect(() => {
    const box = scroller.current;
    if (!looking || !box) return;
    const bottom = box.scrollTop + box.clientHeight + 1;
    for (let index = column.at(bottom); index >= 0; index--) {
      const row = rows[index];
      if (row?.kind === "message" && column.offsetOf(index + 1) <= bottom) return desk.saw(id, row.message.conversation_seq);
    }
  }, [desk, looking, rows, range, atEnd, id]);
}
