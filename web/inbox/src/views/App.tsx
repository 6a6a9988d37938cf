import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { announce } from "../announcer";
import { Desk } from "../desk";
import type { User } from "../protocol";
import { route } from "../route";
import { api, session } from "../session";
import { watchShortcuts } from "../shortcuts";
import { strings } from "../strings";
import { ApprovalsScreen } from "./ApprovalsScreen";
import { DeskContext } from "./context";
import { ConversationList } from "./ConversationList";
import { CustomerPanel } from "./CustomerPanel";
import { Login } from "./Login";
import { ConnectionNotice, Lightbox, ShortcutSheet, Toasts } from "./Overlays";
import { Rail } from "./Rail";
import { ThreadPane } from "./ThreadPane";
import { ViewNav } from "./ViewNav";

export function App(): JSX.Element {
  const current = session.value;
  switch (current.state) {
    case "starting":
      return <p class="starting">{current.unreachable ? strings.login.unreachable : ""}</p>;
    case "out":
      return <Login ended={current.ended} />;
    case "in":
      return <Workplace key={current.user.id} user={current.user} />;
  }
}

function Workplace({ user }: { user: User }): JSX.Element | null {
  const desk = useOpenDesk(user);
  useEffect(() => {
    if (!desk) return undefined;
    const ends = [watchShortcuts(desk), announce(desk.store, document.getElementById("announcer")!)];
    return () => ends.forEach((end) => end());
  }, [desk]);
  const unread = desk?.store.unreadMine.value ?? 0;
  useEffect(() => {
    document.title = strings.title(unread);
  }, [unread]);
  if (!desk) return null;
  return (
    <DeskContext.Provider value={desk}>
      <Screen />
      <ConnectionNotice />
      <Toasts />
      <Lightbox />
      <ShortcutSheet />
    </DeskContext.Provider>
  );
}

function Screen(): JSX.Element {
  const { screen, conversation, approval } = route.value;
  const approvals = screen === "approvals";
  return (
    <div class={`desk desk-${screen} ${conversation || approval ? "desk-thread" : "desk-list"}`}>
      <a class="skip" href={approvals ? "#request" : "#thread"}>
        {approvals ? strings.approvals.skip : strings.skip}
      </a>
      <Rail />
      {approvals ? <ApprovalsScreen /> : <InboxScreen />}
    </div>
  );
}

function InboxScreen(): JSX.Element {
  return (
    <>
      <ViewNav />
      <main class="work">
        <h1 class="visually-hidden">{strings.product}</h1>
        <ConversationList />
        <ThreadPane />
      </main>
      <CustomerPanel />
    </>
  );
}

/** The desk of this person, opened once and closed when the person leaves. */
function useOpenDesk(user: User): Desk | null {
  const [desk, setDesk] = useState<Desk | null>(null);
  useEffect(() => {
    let left = false;
    let opened: Desk | null = null;
    void Desk.open(user, api).then((one) => {
      if (left) return one.close();
      opened = one;
      setDesk(one);
      void one.start();
    });
    return () => {
      left = true;
      opened?.close();
    };
  }, [user.id]);
  return desk;
}
