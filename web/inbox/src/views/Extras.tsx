import type { JSX } from "preact";
import type { ContactCard, Content, Interactive, Location } from "../protocol";
import { strings } from "../strings";
import { Icon } from "./icons";
import { MessageText } from "./MessageText";

/** The words of a message, or what stands for them: a place, contact cards, a choice, or that we cannot show it. */
export function Extras({ content }: { content: Content }): JSX.Element | null {
  const { location, contacts, interactive, template, unsupported } = content.metadata ?? {};
  if (location) return <Place location={location} />;
  if (contacts?.length) return <Contacts contacts={contacts} />;
  if (unsupported) return <p class="text quiet">{strings.message.unsupported}</p>;
  return (
    <>
      {template && <p class="kind">{strings.message.template(template.name)}</p>}
      {content.type === "interactive" && <Choice interactive={interactive} />}
      {content.text && <MessageText text={content.text} />}
      {interactive?.buttons && <Buttons buttons={interactive.buttons} />}
      {!content.text && isEmpty(content) && <p class="text quiet">{strings.message.unsupported}</p>}
    </>
  );
}

function isEmpty({ type, media_url: address, metadata }: Content): boolean {
  return (type === "text" || type === "interactive") && !address && !metadata?.media && !metadata?.interactive;
}

/** A point on a map opens in the reader's own map application; no map is loaded from anywhere. */
function Place({ location }: { location: Location }): JSX.Element {
  const { latitude, longitude, name, address } = location;
  const title = name || strings.message.location;
  return (
    <a
      class="place"
      href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
      target="_blank"
      rel="noopener noreferrer"
      title={strings.message.map(title)}
    >
      <Icon name="pin" />
      <span>
        <strong dir="auto">{title}</strong>
        <span class="quiet number" dir="auto">
          {address || `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`}
        </span>
      </span>
    </a>
  );
}

function Contacts({ contacts }: { contacts: ContactCard[] }): JSX.Element {
  return (
    <ul class="contacts">
      {contacts.map(({ name, phones }, index) => (
        <li key={index}>
          <Icon name="user" />
          <span>
            <strong dir="auto">{name?.formatted_name ?? strings.kinds.contacts}</strong>
            {phones?.map(({ phone }) => phone && <span key={phone} class="quiet number">{phone}</span>)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Choice({ interactive }: { interactive: Interactive | undefined }): JSX.Element | null {
  if (!interactive || interactive.buttons) return null;
  return (
    <p class="kind">
      <Icon name="check" size={14} /> {strings.kinds.interactive}
      {interactive.description && ` · ${interactive.description}`}
    </p>
  );
}

function Buttons({ buttons }: { buttons: NonNullable<Interactive["buttons"]> }): JSX.Element {
  return (
    <ul class="choices">
      {buttons.map(({ id, title }, index) => (
        <li key={id ?? index}>{title}</li>
      ))}
    </ul>
  );
}
