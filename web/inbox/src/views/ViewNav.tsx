import type { JSX } from "preact";
import { follow, go, route } from "../route";
import type { ViewList } from "../store";
import { strings } from "../strings";
import { useDesk } from "./context";

/** The side column of views. */
export function ViewNav(): JSX.Element {
  const lists = [...useDesk().store.lists.value.values()];
  const fixed = lists.filter(({ view }) => !view.team && view.slug !== "failed");
  const teams = lists.filter(({ view }) => view.team);
  const failed = lists.filter(({ view }) => view.slug === "failed");
  return (
    <nav class="views" aria-label={strings.views.label}>
      <p class="views-title">{strings.product}</p>
      <Group lists={fixed} />
      {teams.length > 0 && <Group title={strings.views.teams} lists={teams} />}
      <Group title={strings.views.checks} lists={failed} />
    </nav>
  );
}

function Group({ title, lists }: { title?: string; lists: ViewList[] }): JSX.Element {
  return (
    <>
      {title && <p class="views-group">{title}</p>}
      <ul aria-label={title}>
        {lists.map((list) => (
          <Item key={list.view.slug} list={list} />
        ))}
      </ul>
    </>
  );
}

function Item({ list }: { list: ViewList }): JSX.Element {
  const { slug, name } = list.view;
  const count = useCount(list);
  const current = route.value.view === slug;
  return (
    <li>
      <a
        class={`view ${slug === "failed" && count !== "0" && count !== "" ? "view-danger" : ""}`}
        href={`/inbox/${slug}`}
        aria-current={current ? "page" : undefined}
        onClick={(event) => follow(event, { view: slug })}
      >
        <span class="view-name">{name}</span>
        <span class="number">{count}</span>
      </a>
    </li>
  );
}

/** How many a view holds: exact when the list is complete or the hub has told, else "200+", else nothing yet. */
export function useCount(list: ViewList): string {
  const { queues } = useDesk().store;
  void list.revision.value;
  const { listing, view } = list;
  if (listing.complete) return strings.count(listing.size, false);
  const told = view.team ? queues.value.get(view.team.id) : undefined;
  if (told) return strings.count(told.open, false);
  return listing.size > 0 ? strings.count(listing.size, true) : "";
}

/** The same choice as a drop-down, where there is no room for the column. */
export function ViewPicker(): JSX.Element {
  const lists = [...useDesk().store.lists.value.values()];
  return (
    <label class="view-picker">
      <span class="visually-hidden">{strings.views.label}</span>
      <select value={route.value.view} onChange={(event) => go({ view: event.currentTarget.value, conversation: null })}>
        {lists.map((list) => (
          <PickerOption key={list.view.slug} list={list} />
        ))}
      </select>
    </label>
  );
}

function PickerOption({ list }: { list: ViewList }): JSX.Element {
  const count = useCount(list);
  return <option value={list.view.slug}>{count ? `${list.view.name} · ${count}` : list.view.name}</option>;
}
