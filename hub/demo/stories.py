"""What the people of the demo want, in several languages.

A story is what one person says: an opening, one line after each of the company's answers, and a farewell. The lines fit
whatever a sensible agent may answer in between. `<...>` lines are acts: `<picture>`, `<voice>`, `<place>`, `<paper>`.
"""

from attrs import frozen


@frozen
class Story:
    """One concern. `answers` is what a good agent says: one before each spoken reply, and one before the farewell.
    `detail` is what the person answers when asked a question.
    """

    opening: tuple[str, ...]
    replies: tuple[str, ...]
    answers: tuple[str, ...]
    detail: str
    farewell: str


TRANSFER = Story(
    ("Hi! Is the transfer of $1,450 done?", "I sent it this morning and it still says pending."),
    ("Thanks. How long does it usually take?", "Okay. Will I get a message when it arrives?"),
    (
        "Good morning! Let me look: it is with our partner bank since this morning.",
        "Usually one to two hours, at most until the end of the day.",
        "Yes, you get one as soon as it is booked. I will keep an eye on it.",
    ),
    "The reference is TX-55-0192.",
    "Great, thank you for the help! 🙏",
)
REFUND = Story(
    ("Hello, I returned a jacket two weeks ago and have no refund yet.",),
    ("I sent it by courier, I have the slip here.", "<picture>", "Good. Which card does it go back to?"),
    (
        "I am sorry about that. How did you send it back?",
        "Thank you, it is in our warehouse. I have released the refund just now.",
        "To the Visa you paid with. It shows within three days.",
    ),
    "Order 88213, paid by Visa ending 4410.",
    "Perfect, thanks a lot.",
)
PEDIDO = Story(
    ("Oi, bom dia! Meu pedido ainda não chegou 😕", "A previsão era ontem."),
    ("Entendi. Pode confirmar o endereço, por favor?", "<place>", "Isso mesmo, apartamento 42."),
    (
        "Bom dia! Sinto muito pela demora, já estou verificando.",
        "Claro: Rua das Palmeiras, 120, apartamento 42, certo?",
        "Perfeito. Ele sai para entrega hoje, até as 18h.",
    ),
    "O número do pedido é 77-3041.",
    "Muito obrigada pela atenção! ❤️",
)
BOLETO = Story(
    ("Boa tarde, paguei o boleto duas vezes sem querer.",),
    ("Aqui está o comprovante.", "<paper>", "E quanto tempo demora o estorno?"),
    (
        "Boa tarde! Sem problema, pode me mandar o comprovante?",
        "Recebi, obrigado. O segundo pagamento já está separado para estorno.",
        "Até dois dias úteis, na mesma conta.",
    ),
    "Foi ontem às 14h, R$ 312,90.",
    "Certo, fico no aguardo. Valeu!",
)
HAWALA = Story(
    ("السلام عليكم، هل وصل التحويل إلى حسابي؟",),
    ("نعم، أرسلته يوم الأحد.", "شكرًا، وهل هناك رسوم إضافية؟"),
    (
        "وعليكم السلام، هل أرسلته هذا الأسبوع؟",
        "شكرًا، وصل صباح اليوم وسيظهر في حسابكم خلال ساعة.",
        "لا، لا توجد أي رسوم إضافية.",
    ),
    "رقم العملية هو TX-77-0310.",
    "جزاكم الله خيرًا، شكرًا لكم.",
)
TASLEEM = Story(
    ("مرحبًا، أريد تغيير عنوان التسليم.",),
    ("<place>", "نعم، هذا هو العنوان الجديد.", "ممتاز، متى يصل الطلب؟"),
    (
        "أهلًا بك! بالتأكيد، ما هو العنوان الجديد؟",
        "تم تغيير العنوان.",
        "يصل غدًا بين العاشرة والثانية ظهرًا.",
    ),
    "الطلب رقم 55120 باسم ليلى حداد.",
    "شكرًا جزيلًا 🌷",
)
FACTURA = Story(
    ("Hola, necesito la factura de mi última compra a nombre de mi empresa.",),
    ("Claro, le mando los datos.", "<paper>", "¿Me la pueden enviar por correo?"),
    (
        "¡Hola! Claro que sí. ¿Me envía los datos de su empresa?",
        "Gracias, ya la estoy preparando.",
        "Se la acabo de enviar por correo. ¡Que tenga buen día!",
    ),
    "Es el pedido 40917, del 3 de este mes.",
    "Mil gracias, muy amable.",
)
KONTO = Story(
    ("Guten Tag, ich komme nicht mehr in mein Konto.", "Es heißt, das Passwort sei abgelaufen."),
    ("Ja, die E-Mail-Adresse stimmt noch.", "<picture>", "Ah, jetzt hat es geklappt!"),
    (
        "Guten Tag! Ich habe Ihnen einen Link geschickt. Stimmt Ihre E-Mail-Adresse noch?",
        "Gut. Bitte öffnen Sie den Link und wählen Sie ein neues Passwort.",
        "Sehr schön. Ihr Konto ist wieder frei.",
    ),
    "Meine Kundennummer ist 100-4471.",
    "Prima, vielen Dank!",
)
SCREEN = Story(
    ("hey, the app shows a blank screen since the update",),
    ("android 16, pixel 9", "<picture>", "reinstalled it, same thing", "oh wait, now it works"),
    (
        "Sorry about that! Which phone and Android version do you have?",
        "Thanks. Could you reinstall the app once, please?",
        "Hm. We have just switched the new start page off for your account. Could you try again?",
        "Glad to hear it. The fix comes for everybody with 8.2.2.",
    ),
    "version 8.2.1, i updated last night",
    "thanks, you can close this 👍",
)
COMMANDE = Story(
    ("Bonjour, j'ai reçu un article abîmé.",),
    ("<picture>", "Je préfère un échange si possible.", "Très bien, j'attends l'étiquette de retour."),
    (
        "Bonjour, j'en suis désolée. Préférez-vous un échange ou un remboursement ?",
        "C'est noté, je vous envoie l'étiquette de retour par e-mail.",
        "Elle est partie à l'instant. La nouvelle lampe arrive sous trois jours.",
    ),
    "Commande FR-20931, la lampe bleue.",
    "Merci beaucoup, bonne journée !",
)
PLAN = Story(
    ("Hi, I'd like to upgrade my plan to the yearly one.", "Is there a discount for existing customers?"),
    ("That sounds fair.", "<voice>", "Yes, please send me the offer."),
    (
        "Hi! Yes: for existing customers the yearly plan is 15% off.",
        "I can send you the offer by email, valid until Friday.",
        "It is in your inbox. Just reply there to accept.",
    ),
    "The account is on my email, with five seats.",
    "Wonderful, talk soon!",
)

STORIES = (TRANSFER, REFUND, PEDIDO, BOLETO, HAWALA, TASLEEM, FACTURA, KONTO, SCREEN, COMMANDE, PLAN)


def told_by(first_words: str) -> Story:
    """The story that begins with these words; any, when none does."""
    return next((story for story in STORIES if story.opening[0] == first_words), TRANSFER)
