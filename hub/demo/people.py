"""The people of the demo: who they are and what they want, in several languages.

A story is what one person says: an opening, one line after each of the company's answers, and a farewell. The lines fit
whatever a sensible agent may answer in between. `<...>` lines are acts: `<picture>`, `<voice>`, `<place>`, `<paper>`.
"""

from typing import Protocol

from attrs import frozen


@frozen
class Story:
    """One concern. `detail` is what the person answers when asked a question."""

    opening: tuple[str, ...]
    replies: tuple[str, ...]
    detail: str
    farewell: str


@frozen
class Person:
    """Somebody with a phone. `number` is digits; `username` hides the number, as WhatsApp allows since 2026."""

    name: str
    number: str
    country: str
    stories: tuple[Story, ...]
    username: str | None = None


TRANSFER = Story(
    ("Hi! Is the transfer of $1,450 done?", "I sent it this morning and it still says pending."),
    ("Thanks. How long does it usually take?", "Okay. Will I get a message when it arrives?"),
    "The reference is TX-55-0192.",
    "Great, thank you for the help! 🙏",
)
REFUND = Story(
    ("Hello, I returned a jacket two weeks ago and have no refund yet.",),
    ("I sent it by courier, I have the slip here.", "<picture>", "Good. Which card does it go back to?"),
    "Order 88213, paid by Visa ending 4410.",
    "Perfect, thanks a lot.",
)
PEDIDO = Story(
    ("Oi, bom dia! Meu pedido ainda não chegou 😕", "A previsão era ontem."),
    ("Entendi. Pode confirmar o endereço, por favor?", "<place>", "Isso mesmo, apartamento 42."),
    "O número do pedido é 77-3041.",
    "Muito obrigada pela atenção! ❤️",
)
BOLETO = Story(
    ("Boa tarde, paguei o boleto duas vezes sem querer.",),
    ("Aqui está o comprovante.", "<paper>", "E quanto tempo demora o estorno?"),
    "Foi ontem às 14h, R$ 312,90.",
    "Certo, fico no aguardo. Valeu!",
)
HAWALA = Story(
    ("السلام عليكم، هل وصل التحويل إلى حسابي؟",),
    ("نعم، أرسلته يوم الأحد.", "شكرًا، وهل هناك رسوم إضافية؟"),
    "رقم العملية هو TX-77-0310.",
    "جزاكم الله خيرًا، شكرًا لكم.",
)
TASLEEM = Story(
    ("مرحبًا، أريد تغيير عنوان التسليم.",),
    ("<place>", "نعم، هذا هو العنوان الجديد.", "ممتاز، متى يصل الطلب؟"),
    "الطلب رقم 55120 باسم ليلى حداد.",
    "شكرًا جزيلًا 🌷",
)
FACTURA = Story(
    ("Hola, necesito la factura de mi última compra a nombre de mi empresa.",),
    ("Claro, le mando los datos.", "<paper>", "¿Me la pueden enviar por correo?"),
    "Es el pedido 40917, del 3 de este mes.",
    "Mil gracias, muy amable.",
)
KONTO = Story(
    ("Guten Tag, ich komme nicht mehr in mein Konto.", "Es heißt, das Passwort sei abgelaufen."),
    ("Ja, die E-Mail-Adresse stimmt noch.", "<picture>", "Ah, jetzt hat es geklappt!"),
    "Meine Kundennummer ist 100-4471.",
    "Prima, vielen Dank!",
)
SCREEN = Story(
    ("hey, the app shows a blank screen since the update",),
    ("android 16, pixel 9", "<picture>", "reinstalled it, same thing", "oh wait, now it works"),
    "version 8.2.1, i updated last night",
    "thanks, you can close this 👍",
)
COMMANDE = Story(
    ("Bonjour, j'ai reçu un article abîmé.",),
    ("<picture>", "Je préfère un échange si possible.", "Très bien, j'attends l'étiquette de retour."),
    "Commande FR-20931, la lampe bleue.",
    "Merci beaucoup, bonne journée !",
)
PLAN = Story(
    ("Hi, I'd like to upgrade my plan to the yearly one.", "Is there a discount for existing customers?"),
    ("That sounds fair.", "<voice>", "Yes, please send me the offer."),
    "The account is on my email, with five seats.",
    "Wonderful, talk soon!",
)

PEOPLE: tuple[Person, ...] = (
    Person("Maria Oliveira", "5511987650043", "BR", (TRANSFER, PEDIDO)),
    Person("João Pereira", "5521996540112", "BR", (BOLETO,)),
    Person("Ana Beatriz Lima", "5531988770654", "BR", (PEDIDO, BOLETO)),
    Person("Thiago Ramos", "5541997713320", "BR", (BOLETO,), username="thiago.ramos"),
    Person("ليلى حداد", "971501234876", "AE", (TASLEEM, HAWALA)),
    Person("محمد العتيبي", "966551209983", "SA", (HAWALA,)),
    Person("يوسف منصور", "201006547712", "EG", (HAWALA, TASLEEM)),
    Person("Lucía Fernández", "34611928374", "ES", (FACTURA,)),
    Person("Diego Castillo", "5215512349087", "MX", (FACTURA,)),
    Person("Jonas Weber", "4915123904417", "DE", (KONTO,)),
    Person("Camille Laurent", "33612783409", "FR", (COMMANDE,)),
    Person("Priya Sharma", "919820098812", "IN", (PLAN, REFUND), username="priya.s"),
    Person("Oliver Grant", "447700900456", "GB", (REFUND, TRANSFER)),
    Person("Sophie Turner", "16505551234", "US", (SCREEN, PLAN)),
    Person("Kwame Boateng", "233244517790", "GH", (TRANSFER, SCREEN)),
)


class Town(Protocol):
    """A world in which people can live."""

    def customer(
        self, number: str, name: str, *, username: str | None = None, country: str | None = None
    ) -> object: ...

    def add_template(
        self, name: str, language: str, body: str, *, category: str, buttons: tuple[str, ...]
    ) -> object: ...


def settle(town: Town) -> None:
    """Put everybody, and the business's templates, into a world."""
    for person in PEOPLE:
        town.customer(person.number, person.name, username=person.username, country=person.country)
    for name, language, body, category, buttons in TEMPLATES:
        town.add_template(name, language, body, category=category, buttons=buttons)


TEMPLATES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("order_update", "en_US", "Hi {{1}}, your order {{2}} is on its way.", "UTILITY", ()),
    ("order_update", "pt_BR", "Olá {{1}}, seu pedido {{2}} está a caminho.", "UTILITY", ()),
    ("continue_conversation", "en_US", "Hi {{1}}, may we continue our conversation?", "UTILITY", ("Yes", "Not now")),
    ("continue_conversation", "pt_BR", "Olá {{1}}, podemos continuar a conversa?", "UTILITY", ("Sim", "Agora não")),
    ("continue_conversation", "ar", "مرحبًا {{1}}، هل يمكننا متابعة المحادثة؟", "UTILITY", ("نعم", "ليس الآن")),
    ("spring_offer", "en_US", "{{1}}, 20% off everything until Sunday.", "MARKETING", ("Stop",)),
)
