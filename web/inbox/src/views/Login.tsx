import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signIn } from "../session";
import { strings } from "../strings";
import { Icon } from "./icons";

export function Login({ ended }: { ended: boolean }): JSX.Element {
  const [error, setError] = useState<string | null>(ended ? strings.login.ended : null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const email = useRef<HTMLInputElement>(null);
  useEffect(() => email.current?.focus(), []);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError(await signIn(String(form.get("email")).trim(), String(form.get("password"))));
    setBusy(false);
  };

  // The types of the attributes know no input that changes its kind.
  const kind = (shown ? "text" : "password") as "password";
  return (
    <main class="login">
      <form class="login-card" onSubmit={submit}>
        <span class="mark">
          <Icon name="inbox" size={24} />
        </span>
        <h1>{strings.login.title}</h1>
        <p class="quiet">{strings.login.lead}</p>
        <label class="field">
          <span>{strings.login.email}</span>
          <input ref={email} name="email" type="email" autocomplete="username" required />
        </label>
        <label class="field">
          <span>{strings.login.password}</span>
          <input name="password" type={kind} autocomplete="current-password" required />
        </label>
        <label class="check">
          <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
          <span>{strings.login.show}</span>
        </label>
        <p class="form-error" role="alert">
          {error}
        </p>
        <button class="button primary wide" type="submit" disabled={busy}>
          {busy ? strings.login.busy : strings.login.submit}
        </button>
      </form>
    </main>
  );
}
