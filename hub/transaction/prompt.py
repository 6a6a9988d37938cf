"""The hub's question to the customer: fixed words around the facts of the draft, two buttons, and a code to type.

The AI writes none of it but the description, which stands in quotes on a line of its own. Buttons are WhatsApp's
"interactive reply buttons" (Meta: at most 1,024 characters of text and 20 of a title); the Chat App gets the same.
"""

from typing import Any
from uuid import UUID, uuid5

from attrs import frozen

from hub.transaction.consent import CONFIRM, DECLINE
from hub.transaction.draft import Draft

MOST_PROMPTS = 2
"""How often a customer is asked. Above it an unclear answer stays without an answer of the hub's."""

MOST_DESCRIPTION = 500
"""Characters of a description: with them the question keeps within what WhatsApp takes."""

METADATA = "transaction_draft"
"""Under which the message names its draft."""


@frozen
class Words:
    """The question in one language."""

    ask: str
    of: str
    how: str
    until: str
    confirm: str
    decline: str


WORDS = {
    "en": Words(
        "Please confirm this payment:",
        "Please confirm this payment to {company}:",
        "Press Confirm, or reply with the code {code}. Without your confirmation nothing is paid.",
        "This question is open for {minutes} minutes.",
        "Confirm",
        "Cancel",
    ),
    "es": Words(
        "Confirme este pago, por favor:",
        "Confirme este pago a {company}, por favor:",
        "Pulse Confirmar o responda con el código {code}. Sin su confirmación no se paga nada.",
        "Esta pregunta vale durante {minutes} minutos.",
        "Confirmar",
        "Cancelar",
    ),
    "pt": Words(
        "Confirme este pagamento, por favor:",
        "Confirme este pagamento a {company}, por favor:",
        "Toque em Confirmar ou responda com o código {code}. Sem a sua confirmação nada é pago.",
        "Esta pergunta vale por {minutes} minutos.",
        "Confirmar",
        "Cancelar",
    ),
    "ar": Words(
        "يرجى تأكيد هذه الدفعة:",
        "يرجى تأكيد هذه الدفعة إلى {company}:",
        "اضغط على تأكيد أو أرسل الرمز {code}. لن يُدفع شيء دون تأكيدك.",
        "هذا السؤال صالح لمدة {minutes} دقيقة.",
        "تأكيد",
        "إلغاء",
    ),
}


@frozen
class Wording:
    """How customers are asked: in which language, and by whom (empty: it is not said)."""

    language: str = "en"
    company: str = ""


def prompt(draft: Draft, wording: Wording) -> dict[str, Any]:
    """The question as an interactive message."""
    words, asked = WORDS[wording.language], draft.asked
    minutes = max(int((draft.expires_at - draft.created_at).total_seconds() // 60), 1)
    lines = [
        words.of.format(company=wording.company) if wording.company else words.ask,
        "",
        f"*{draft.amount.amount} {draft.amount.currency}*",
        f"“{' '.join(draft.description.split())}”",
        "",
        words.how.format(code=asked.code),
        words.until.format(minutes=minutes),
    ]
    buttons = ((CONFIRM + asked.nonce, words.confirm), (DECLINE + asked.nonce, words.decline))
    return {
        "type": "button",
        "body": {"text": "\n".join(lines)},
        "action": {"buttons": [{"type": "reply", "reply": {"id": id, "title": title}} for id, title in buttons]},
    }


def client_id_of(draft: Draft, times: int) -> UUID:
    """The id of the hub's side of the draft's first or second prompt: sending it again is the same message."""
    return uuid5(draft.id, f"prompt {times}")
