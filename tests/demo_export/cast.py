"""Who takes part: two orgs with their agents and phones, and the chats they answer."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from .texts import COMPANIES, CUSTOMERS

Json = dict[str, Any]

COLORS = ("#25D366", "#B4876E", "#7D9EF1", "#E5A50A", "#C061CB")
CHAT_LABELS = ("key account", "wholesale", "new customer", "late payer", "vip")
PLANS = ("Basic", "Silver", "Gold")


@dataclass(frozen=True)
class Agent:
    """A member of a support team; `contact_id` is the agent's own WhatsApp number."""

    email: str
    name: str
    contact_id: str


@dataclass(frozen=True)
class Org:
    """One organisation with its one connected phone."""

    org_id: str
    name: str
    phone: str
    phone_id: str
    agents: tuple[Agent, ...]


def _team(domain: str, first_number: int, names: tuple[str, ...]) -> tuple[Agent, ...]:
    """Agents with mail addresses at `domain` and numbers of the range kept free for fiction."""
    return tuple(
        Agent(f"{name.split()[0].lower()}@{domain}", name, f"{first_number + i}@c.us")
        for i, name in enumerate(names)
    )


LAMPS = Org(
    "5b0f6c1e-8d24-4e9a-a7c3-1f2e3d4c5b6a",
    "Tidewater Lamps",
    "447700900010@c.us",
    "phone-tidewaterlampsab",
    _team(
        "tidewater.example",
        447700900011,
        ("Maya Orrin", "Jonah Peverell", "Sofia Brightwell", "Kenji Marlowe", "Amara Dunning"),
    ),
)
BIKES = Org(
    "e21d7a90-46bf-4c08-9b5e-7c6d5e4f3a2b",
    "Alder Bikes",
    "447700900020@c.us",
    "phone-alderbikessouth",
    _team("alderbikes.example", 447700900021, ("Petra Holloway", "Idris Vane")),
)


@dataclass
class Chat:
    """A conversation as the vendor knows it at one moment; the timeline changes it in place."""

    org: Org
    chat_id: str
    name: str
    customers: tuple[str, ...]
    members: dict[str, Json]
    labels: list[str] = field(default_factory=list)
    custom_properties: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    assigned_to: str | None = None
    created_at: datetime | None = None

    @property
    def is_group(self) -> bool:
        """True for chats with several people."""
        return self.chat_id.endswith("@g.us")


def member(org: Org, chat_id: str, contact_id: str, name: str, *, internal: bool) -> Json:
    """A value of a chat's `members` map."""
    return {
        "org_id": org.org_id,
        "chat_id": chat_id,
        "is_admin": contact_id == org.phone,
        "org_phone": org.phone,
        "contact_id": contact_id,
        "is_internal": internal,
        "contact_name": name,
        "contact_color": COLORS[sum(contact_id.encode()) % len(COLORS)],
        "contact_image": None,
        "contact_labels": "team" if internal and contact_id != org.phone else "",
        "is_super_admin": contact_id == org.phone,
    }


def fictional_number(i: int) -> str:
    """The contact id of customer `i`, from number ranges reserved for fiction."""
    bases = (447700900100, 33639980100, 12025550100, 46701740605)  # UK, France, USA, Sweden
    return f"{bases[i % 4] + i // 4}@c.us"


def _people(
    org: Org, chat_id: str, customers: tuple[str, ...], names: list[str]
) -> dict[str, Json]:
    """The members map of a chat between the org's phone and `customers`."""
    people = {org.phone: member(org, chat_id, org.phone, org.name, internal=True)}
    for contact_id, name in zip(customers, names, strict=True):
        people[contact_id] = member(org, chat_id, contact_id, name, internal=False)
    return people


def make_chats(rng: Random, org: Org, users: int, groups: int, first: int) -> list[Chat]:
    """Chats of one org; `first` keeps the customers' numbers of two orgs apart."""
    chats = []
    for i in range(first, first + users):
        chat_id, name = fictional_number(i), CUSTOMERS[i % len(CUSTOMERS)]
        people = _people(org, chat_id, (chat_id,), [name])
        chats.append(Chat(org, chat_id, name, (chat_id,), people))
    for i in range(first + users, first + users + groups):
        chat_id = f"120363{rng.randrange(10**12):012d}@g.us"
        company = COMPANIES[i % len(COMPANIES)]
        customers = tuple(fictional_number(150 + 2 * i + k) for k in range(rng.choice((1, 1, 2))))
        names = [CUSTOMERS[(i * 7 + k) % len(CUSTOMERS)] for k in range(len(customers))]
        people = _people(org, chat_id, customers, names)
        agent = rng.choice(org.agents)
        people[agent.contact_id] = member(org, chat_id, agent.contact_id, agent.name, internal=True)
        chats.append(Chat(org, chat_id, f"{org.name} <> {company}", customers, people))
    for chat in chats:
        chat.labels = rng.sample(CHAT_LABELS, rng.choice((0, 0, 1, 1, 2)))
        chat.custom_properties = rng.choice(({}, {"Plan": rng.choice(PLANS)}))
        chat.assigned_to = rng.choice((None, rng.choice(org.agents).email))
        chat.description = f"Orders and support, {chat.name}" if chat.is_group else None
    rng.shuffle(chats)
    return chats
