import type { JSX } from "preact";
import type { ContactCard, Content, Interactive, Location } from "../protocol";
import { strings } from "../strings";
import { Icon } from "./icons";
import { MessageText } from "./MessageText";

/** The words of a message, or what stands for them: a place, contact cards, a choice, or that we cannot show it. */
export function Extras({ content }: { content: Content }): JSX.Element | null {
  const { location, contacts, interactive, template, unsupported } = content.metadata ?? {};
  if (location && isPlace(location)) return <Place location={location} />;
  if (contacts?.length) return <Contacts contacts={contacts} />;
  if (unsupported) return <p class="text quiet">{strings.message.unsupported}</p>;
  return (
    <>
      {template && <p class="kind">{strings.message.template(template.name)}</p>}
      {content.type === "interactive" && !interactive?.action && <Choice description={interactive?.description} />}
      {content.text && <MessageText text={content.text} />}
      {interactive?.action && <Offer action={interactive.action} />}
      {!content.text && isEmpty(content) && <p class="text quiet">{strings.message.unsupported}</p>}
    </>
  );
}

function isEmpty({ type, media_url: address, metadata }: Content): boolean {
  return (type === "text" || type === "interactive") && !address && !metadata?.media && !metadata?.interactive;
}

type Point = Location & { latitude: number; longitude: number };

function isPlace(location: Location): location is Point {
  return Number.isFinite(location.latitude) && Number.isFinite(location.longitude);
}

/** A point on a map opens in the reader's own map application; no map is loaded from anywhere. */
function Place({ location }: { location: Point }): JSX.Element {
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

function Choice({ description }: { description: string | undefined }): JSX.Element {
  return (
    <p class="kind">
      <Icon name="check" size={14} /> {strings.kinds.interactive}
      {description && ` · ${description}`}
    </p>
  );
}

/** The buttons or rows the customer was offered; only he can press them. */
function Offer({ action }: { action: NonNullable<Interactive["action"]> }): JSX.Element {
  const rows = action.sections?.flatMap((section) => section.rows ?? []) ?? [];
  const offered = [...(action.buttons?.map(({ reply }) => reply) ?? []), ...rows];
  return (
    <ul class="choices">
      {offered.map((one, index) => (
        <li key={one?.id ?? index}>{one?.title}</li>
      ))}
    </ul>
  );
}
