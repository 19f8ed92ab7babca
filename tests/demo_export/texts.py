"""What people in the demo write; nobody and no company in it is real."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One reason to write: the ticket's subject and label, and what customers and agents say."""

    subject: str
    label: str
    openings: tuple[str, ...]
    answers: tuple[str, ...]


TOPICS = (
    Topic(
        "Order {order} is late",
        "delivery",
        (
            "Hi! Order {order} should have been here on {day}, any news? 🚚",
            "Where is my {item}? Tracking has not moved since {day}",
            "नमस्ते, मेरा ऑर्डर {order} अभी तक नहीं आया 🙏",
        ),
        (
            "Sorry about that! I am asking the carrier right now.",
            "It left the depot this morning and should reach you by {day}.",
        ),
    ),
    Topic(
        "Invoice for {order} is wrong",
        "billing",
        (
            "The invoice for {order} charges VAT twice, please correct it",
            "Our accountant needs the company name on the invoice of {order} 🧾",
            "¿Me pueden reenviar la factura del pedido {order}? Falta el NIF",
        ),
        (
            "Thanks for spotting it, I have asked finance for a corrected copy.",
            "The corrected invoice is in your inbox ✅",
        ),
    ),
    Topic(
        "Damaged {item}",
        "damage",
        (
            "The {item} arrived with a crack along the base 😞",
            "Box was wet and the {item} inside is broken, photo follows",
            "Здравствуйте, в заказе {order} разбито стекло",
        ),
        (
            "Oh no! Could you send a photo of the parcel label too?",
            "A replacement {item} is packed and leaves on {day}.",
        ),
    ),
    Topic(
        "Refund for {order}",
        "refund",
        (
            "I sent the {item} back two weeks ago, when do I get my money?",
            "Refund for {order} still missing 💸",
            "طلبت استرداد المبلغ للطلب {order} ولم يصل بعد",
        ),
        (
            "The parcel is booked in, the refund takes three to five working days.",
            "Refunded today, your bank may need until {day} to show it.",
        ),
    ),
    Topic(
        "Cannot sign in to the shop",
        "account",
        (
            "The portal says 'unknown user' but I ordered yesterday??",
            "Password reset mail never arrives, tried 3 times",
            "ログインできません。{order} を確認したいのですが",
        ),
        (
            "I have sent a fresh link, it works for one hour.",
            "Your address had a typo in it, corrected now. Please try again 🔑",
        ),
    ),
    Topic(
        "Change of address for {order}",
        "delivery",
        (
            "Can you still send {order} to our new office instead?",
            "We moved! Please change the delivery address of {order} 🏠",
            "Podem entregar a encomenda {order} só depois das 15h?",
        ),
        (
            "Sure, could you write the full address with postcode?",
            "Changed. The driver will call before he comes.",
        ),
    ),
    Topic(
        "Quote for twenty {item}s",
        "sales",
        (
            "What would twenty of the {item} cost, delivered in April?",
            "We are furnishing a café, can you do a price for 20 {item}s? ☕",
        ),
        (
            "With pleasure! I will have a quote for you by {day}.",
            "Quote sent, it holds for thirty days.",
        ),
    ),
    Topic(
        "{item} flickers",
        "warranty",
        (
            "My {item} started to flicker after two months, is that covered?",
            "{item} turns itself off every few minutes 🤔",
            "Bonjour, la {item} clignote sans arrêt, que faire ?",
        ),
        (
            "That is covered. Does it happen with another bulb as well?",
            "Please hold the button for ten seconds; if it goes on we swap it.",
        ),
    ),
    Topic(
        "Spare part for {item}",
        "parts",
        (
            "Do you sell the screw set for the {item} separately?",
            "Lost the remote of my {item} 🙈 can I buy one?",
        ),
        (
            "We do! Shall I add it to your next order?",
            "One is on its way to you, free of charge this time 🙂",
        ),
    ),
)

ITEMS = ("desk lamp", "floor lamp", "lantern", "reading light", "wall light", "night light")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
FOLLOW_UPS = (
    "Any update?",
    "Ok thank you, I will check",
    "Here is the number from the box: 7731-{order}",
    "??",
    "Sorry for the rush, it is a birthday present 🎁",
    "Yes, same address as last time",
    "हाँ, ठीक है",
    "I can wait until {day}",
    "Voilà la photo 📷",
)
HANDOVERS = (
    "Hi, I am taking over from my colleague and have read everything above.",
    "Hello, I am on shift now and will see this through.",
)
CHECKING = (
    "Let me look into this with our warehouse.",
    "Just checking with the team, back in a minute.",
    "Thanks, noted! I will write again by {day} at the latest.",
    "Understood 👍 one moment please",
    "That should not happen, I am asking a colleague about {order}.",
)
CLOSINGS = (
    "Happy to help, have a lovely day! ☀️",
    "All done. Write any time if it comes back.",
    "I am closing this for now, just answer here to reopen it.",
)
THANKS = ("Perfect, thanks! 🙌", "Great service 👍", "شكراً جزيلاً", "Спасибо!", "ok", "Obrigada 💛")
COMPLAINTS = (
    "Sorry, it is still not solved",
    "Same problem again this morning 😕",
    "The replacement has the very same fault!!",
    "Nothing arrived. You said {day}.",
)
NOTES = (
    "Carrier says lost, claim opened. @{agent} please follow up",
    "Second time this quarter, offer a voucher",
    "Waiting for finance",
    "Customer prefers calls after 16:00",
)
CLOSED_MESSAGES = ("Solved", "Replacement sent", "Refunded", "Answered by carrier", "Duplicate")
ROOT_CAUSES = ("carrier", "packing", "website", "supplier", "customer mistake")
EMOJI = ("👍", "🙏", "❤️", "😂", "🎉")

CUSTOMERS = (
    "Anjali Verandell", "Tomás Quintelo", "Мария Лозовик", "Yuki Hanaoka-Brandt", "Fatima Zorani",
    "Oluwaseun Adetola-King", "Greta Lindqvarn", "Pádraig O'Fennagh", "李文涛", "Noor Hashemvar",
    "Bea Castelmoor", "Ivo Petrinjak", "Zsófia Barthory-Kiss", "Kwame Ossendu", "Leïla Benkarim",
    "Rafael Montequi", "سلمى الحداوي", "Hana Dvořáčkina", "Jun-seo Pakrim", "Ravi Thillainathan",
    "Elif Karadenizli", "Maeve Corrigal", "Сергей Туманец", "Chidi Nwafor-Bell", "Ingrid Solvaag",
    "दीपा राजेरी", "Luca Bertolucco", "Amélie Fontrieux", "Mateusz Wilczarek", "Sina Tuiafono",
    "Nadia Qureshan", "Owen Tregarthan", "Lucía Almendrez", "Theo Papadelis", "Mei-Ling Chaudoir",
    "Jonas Ekbergh", "Aïcha Diarrasso", "Victor Sandoral", "Priya Nambirajan", "Kofi Asantewu",
    "Clara Weissenbohm", "Dmitri Volkonov", "Rosa Pellicano", "Samir Touzanne", "Agnes Lillehov",
)  # fmt: skip
COMPANIES = (
    "Café Mirabel", "Hotel Oststrand", "Quill & Co", "Bright Steps Nursery", "Studio Añil",
    "Fernhollow School", "Pixel Pantry", "Riad Zahra", "Nordlys Guesthouse", "The Tin Library",
    "Brasserie Lumen", "Oakwhistle Dental", "Casa Alfarería", "Moonquay Cinema", "Verdant Offices",
)  # fmt: skip
