"""A customer as other apps see one, and how a newcomer came."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Shopper:
    """A customer as the till sees one: who it is, and what codes may ask about."""

    id: int
    public_id: str
    email: str
    phone: str
    has_bought: bool
    segments: frozenset[str]


@dataclass(frozen=True)
class Brought:
    """How a newcomer came to register (R-2): by whose code (empty: by nobody's), by which channel, from where.

    `via` is a `referrals` channel, `visit` the token of the visit, `device` and `network` as the browser or app says.
    """

    code: str = ""
    via: str = "api"
    visit: UUID | None = None
    device: str = ""
    network: str = ""


BY_NOBODY = Brought()
