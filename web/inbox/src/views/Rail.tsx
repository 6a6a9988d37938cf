import type { JSX } from "preact";
import { supervises } from "../approvals";
import { idle } from "../attention";
import type { Desk } from "../desk";
import { follow, route } from "../route";
import { signOut } from "../session";
import { strings } from "../strings";
import { nextTheme, theme } from "../theme";
import { sheetOpen } from "../ui";
import { Avatar } from "./Avatar";
import { useDesk } from "./context";
import { Icon, type IconName } from "./icons";

const THEME_ICONS: Readonly<Record<string, IconName>> = { system: "contrast", light: "sun", dark: "moon" };

export function Rail(): JSX.Element {
  const themeLabel = strings.rail.theme[theme.value];
  return (
    <nav class="rail" aria-label={strings.rail.label}>
      <a
        class="rail-item"
        href="/inbox/mine"
        aria-current={route.value.screen === "inbox" ? "page" : undefined}
        aria-label={strings.rail.inbox}
        title={strings.rail.inbox}
        onClick={(event) => follow(event, { conversation: null })}
      >
        <Icon name="inbox" />
      </a>
      {supervises(useDesk().user) && <ToApprovals />}
      <span class="spring" />
      <button class="rail-item" type="button" aria-label={themeLabel} title={themeLabel} onClick={nextTheme}>
        <Icon name={THEME_ICONS[theme.value]!} />
      </button>
      <button
        class="rail-item keyboard-only"
        type="button"
        aria-label={strings.rail.shortcuts}
        title={`${strings.rail.shortcuts} (?)`}
        onClick={() => (sheetOpen.value = true)}
      >
        <Icon name="keyboard" />
      </button>
      <Account />
    </nav>
  );
}

function ToApprovals(): JSX.Element {
  const waiting = useDesk().store.approvals.waiting.value.length;
  const label = strings.approvals.rail(waiting);
  return (
    <a
      class="rail-item"
      href="/approvals"
      aria-current={route.value.screen === "approvals" ? "page" : undefined}
      aria-label={label}
      title={label}
      onClick={(event) => follow(event, { screen: "approvals" })}
    >
      <Icon name="shield" />
      {waiting > 0 && (
        <span class="rail-badge number" aria-hidden="true">
          {strings.list.badge(waiting)}
        </span>
      )}
    </a>
  );
}

function Account(): JSX.Element {
  const desk = useDesk();
  const { user } = desk;
  const presence = desk.store.signs.presence(user.id).value ?? (idle.value ? "away" : "online");
  return (
    <>
      <button
        class="rail-item account"
        type="button"
        popovertarget="account"
        title={`${user.name} · ${strings.presence[presence]}`}
      >
        <Avatar name={user.name} presence={presence} size="s" />
        <span class="visually-hidden">{strings.rail.account(user.name, strings.presence[presence])}</span>
      </button>
      <div id="account" class="menu" popover="auto">
        <p class="menu-head">
          <strong>{user.name}</strong>
          <span class="quiet">{user.email}</span>
        </p>
        <button class="menu-item" type="button" onClick={() => void leave(desk)}>
          {strings.rail.signOut}
        </button>
      </div>
    </>
  );
}

async function leave(desk: Desk): Promise<void> {
  desk.tellSignedOut();
  await signOut();
}
