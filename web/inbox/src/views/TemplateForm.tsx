import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hubNow, minute } from "../clock";
import { ago } from "../formats";
import type { Conversation, Template } from "../protocol";
import { strings } from "../strings";
import { filled, keyOf } from "../template";
import { toast } from "../toasts";
import { useDesk } from "./context";
import { Icon } from "./icons";
import { MessageText } from "./MessageText";

type Loaded = { state: "loading" | "failed" } | { state: "ready"; templates: Template[] };

/** In place of the text field while the window is closed: only a template may be sent. */
export function TemplateForm({ conversation }: { conversation: Conversation }): JSX.Element {
  const { api } = useDesk();
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  const [round, setRound] = useState(0);
  const channel = conversation.channel.name;
  useEffect(() => {
    let current = true;
    setLoaded({ state: "loading" });
    api.templates(channel).then(
      ({ data }) => current && setLoaded({ state: "ready", templates: data }),
      () => current && setLoaded({ state: "failed" }),
    );
    return () => {
      current = false;
    };
  }, [api, channel, round]);
  return (
    <section class="composer composer-template" aria-label={strings.template.title}>
      <header class="template-head">
        <Icon name="clock" />
        <p>
          <strong>{strings.template.title}</strong>
          {conversation.window_expires_at && (
            <span class="quiet"> · {strings.window.since(ago(conversation.window_expires_at, minute.value))}</span>
          )}
          <span class="template-lead">{strings.template.lead}</span>
        </p>
      </header>
      {loaded.state === "loading" && <p class="quiet template-note">{strings.template.loading}</p>}
      {loaded.state === "failed" && (
        <p class="template-note">
          {strings.template.unavailable}{" "}
          <button class="link" type="button" onClick={() => setRound(round + 1)}>
            {strings.template.retry}
          </button>
        </p>
      )}
      {loaded.state === "ready" && loaded.templates.length === 0 && <p class="template-note">{strings.template.none}</p>}
      {loaded.state === "ready" && loaded.templates.length > 0 && (
        <Fill conversation={conversation} templates={loaded.templates} />
      )}
    </section>
  );
}

function Fill({ conversation, templates }: { conversation: Conversation; templates: Template[] }): JSX.Element {
  const { outbox } = useDesk();
  const [chosen, setChosen] = useState(keyOf(templates[0]!));
  const [values, setValues] = useState<readonly string[]>([]);
  const template = templates.find((one) => keyOf(one) === chosen) ?? templates[0]!;
  const parameters = Array.from({ length: template.parameters }, (_, index) => values[index]?.trim() ?? "");
  const ready = parameters.every(Boolean);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (!ready) return;
    const added = outbox.add(conversation.id, { template: { template, parameters } }, hubNow());
    if (added) setValues([]);
    else toast(strings.composer.full, "danger");
  };
  return (
    <form class="template-form" onSubmit={submit}>
      <label class="field">
        <span>{strings.template.choose}</span>
        <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
          {templates.map((one) => (
            <option key={keyOf(one)} value={keyOf(one)}>
              {`${one.name} · ${one.language} · ${one.category.toLowerCase()}`}
            </option>
          ))}
        </select>
      </label>
      {parameters.map((_, index) => (
        <label key={index} class="field">
          <span>{strings.template.parameter(index + 1)}</span>
          <input
            type="text"
            dir="auto"
            required
            value={values[index] ?? ""}
            onInput={(event) => setValues(withValue(values, index, event.currentTarget.value))}
          />
        </label>
      ))}
      <div class="template-preview">
        <span class="quiet">{strings.template.preview}</span>
        <div class="bubble bubble-out">
          <MessageText text={filled(template, parameters)} />
        </div>
      </div>
      <button class="button primary template-send" type="submit" disabled={!ready}>
        {strings.template.send}
      </button>
    </form>
  );
}

function withValue(values: readonly string[], index: number, value: string): string[] {
  const next = [...values];
  next[index] = value;
  return next;
}
