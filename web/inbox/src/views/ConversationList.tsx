import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { go, route } from "../route";
import { step } from "../shortcuts";
import type { ViewList } from "../store";
import { strings } from "../strings";
import { cursor } from "../ui";
import type { Sort } from "../view";
import { fixedRange, type Range, scrollToRow } from "../virtual";
import { ConversationRow, optionId } from "./ConversationRow";
import { useDesk } from "./context";
import { ListSkeleton, Problem, useDelayed } from "./States";
import { useCount, ViewPicker } from "./ViewNav";

const ROW = 72;
const OVERSCAN = 5;
/** The next page is asked for when this many rows are left below the screen. */
const AHEAD = 40;

export function ConversationList(): JSX.Element {
  const desk = useDesk();
  const list = desk.store.lists.value.get(route.value.view) ?? desk.store.lists.value.get("mine")!;
  useEffect(() => void desk.loader.page(list), [desk, list]);
  return (
    <section class="list" aria-label={strings.list.label}>
      <ListHeader list={list} />
      <ListBody key={list.view.slug} list={list} />
    </section>
  );
}

function ListHeader({ list }: { list: ViewList }): JSX.Element {
  const desk = useDesk();
  const count = useCount(list);
  return (
    <header class="list-header">
      <h2 class="list-title">{list.view.name}</h2>
      <ViewPicker />
      <span class="quiet number list-count">{count}</span>
      <span class="spring" />
      <label class="sort">
        <span class="visually-hidden">{strings.sort.label}</span>
        <select value={desk.store.sort.value} onChange={(event) => desk.setSort(event.currentTarget.value as Sort)}>
          <option value="waited">{strings.sort.waited}</option>
          <option value="newest">{strings.sort.newest}</option>
        </select>
      </label>
    </header>
  );
}

function ListBody({ list }: { list: ViewList }): JSX.Element {
  const desk = useDesk();
  const state = list.state.value;
  void list.revision.value;
  const slow = useDelayed(state === "loading" || state === "idle");
  if (list.listing.size > 0) return <Rows list={list} />;
  if (state === "failed") return <Problem text={strings.list.error} onRetry={() => void desk.loader.page(list)} />;
  if (!list.listing.complete) return slow ? <ListSkeleton /> : <div class="list-scroll" />;
  return <Empty list={list} />;
}

function Rows({ list }: { list: ViewList }): JSX.Element {
  const desk = useDesk();
  const { listing, revision } = list;
  void revision.value;
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<Range>({ start: 0, end: 20 });

  const look = (): void => {
    const { scrollTop, clientHeight } = scroller.current!;
    const next = fixedRange(scrollTop, clientHeight, ROW, listing.size, OVERSCAN);
    setRange((now) => (now.start === next.start && now.end === next.end ? now : next));
    if (next.end + AHEAD > listing.size) void desk.loader.page(list);
  };
  useLayoutEffect(look, [listing, listing.size]);
  // Not a passive effect: its cleanup would come after the paint, when the element is gone and has "changed size".
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [listing]);
  useSignalEffect(() => {
    const index = cursor.value ? listing.indexOf(cursor.value) : -1;
    const box = scroller.current;
    if (index >= 0 && box) box.scrollTop = scrollToRow(index, box.scrollTop, box.clientHeight, ROW);
  });

  const chosen = cursor.value ?? route.value.conversation;
  const ids = listing.ids(range.start, range.end);
  return (
    <div
      ref={scroller}
      class="list-scroll"
      role="listbox"
      aria-label={list.view.name}
      aria-activedescendant={chosen && ids.includes(chosen) ? optionId(chosen) : undefined}
      tabindex={0}
      onScroll={look}
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        step(desk, by);
      }}
    >
      <div class="list-extent" role="presentation" style={{ height: `${listing.size * ROW}px` }}>
        {ids.map((id, index) => (
          <ConversationRow
            key={id}
            id={id}
            top={(range.start + index) * ROW}
            position={range.start + index + 1}
            total={listing.complete ? listing.size : -1}
          />
        ))}
      </div>
    </div>
  );
}

function Empty({ list }: { list: ViewList }): JSX.Element {
  const unassigned = useDesk().store.lists.value.get("unassigned")!;
  const waiting = useCount(unassigned);
  const texts: Record<string, string> = strings.list.empty;
  return (
    <div class="empty">
      <p>{texts[list.view.slug] ?? strings.list.empty.other}</p>
      {list.view.slug === "mine" && unassigned.listing.size > 0 && (
        <button class="button" type="button" onClick={() => go({ view: "unassigned" })}>
          {strings.list.emptyAction(waiting)}
        </button>
      )}
    </div>
  );
}
