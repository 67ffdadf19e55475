"""Qualifications: by what right a shop sells a brand, or goods for which the law asks for a permit.

Owns qualifications (brand authorisations and permits) with their papers, terms and decisions, and, in the bucket of the
brand, which flagship has it to itself. Calls `messaging`, `merchant`, `rulebook`, `storefront`. Tells
`QualificationDecided`, `QualificationExpiryNeared`, `QualificationEnded`. They live in their shop's bucket; what a
brand or a category means is the catalogue's knowledge, which asks here before it publishes.
"""

from datong.commerce.qualification.authorise_brand import authorise_brand
from datong.commerce.qualification.decide_qualification import (
    approve_qualification,
    reject_qualification,
    revoke_qualification,
)
from datong.commerce.qualification.expiry import run_due_qualifications
from datong.commerce.qualification.queries import (
    Held,
    Qualification,
    find_qualification,
    get_qualification,
    hold_qualifications,
    list_qualification_desk,
    list_shop_qualifications,
)
from datong.commerce.qualification.request_qualification import (
    QualificationDraft,
    request_qualification,
    withdraw_qualification,
)
from datong.commerce.qualification.requirements import MIN_BRANDS, PERMITS, PERMITS_WAIVED, SOLE_KINDS
from datong.commerce.qualification.states import BRAND, LEVELS, PERMIT_KINDS, QualificationState

__all__ = [
    "BRAND",
    "LEVELS",
    "MIN_BRANDS",
    "PERMITS",
    "PERMITS_WAIVED",
    "PERMIT_KINDS",
    "SOLE_KINDS",
    "Held",
    "Qualification",
    "QualificationDraft",
    "QualificationState",
    "approve_qualification",
    "authorise_brand",
    "find_qualification",
    "get_qualification",
    "hold_qualifications",
    "list_qualification_desk",
    "list_shop_qualifications",
    "reject_qualification",
    "request_qualification",
    "revoke_qualification",
    "run_due_qualifications",
    "withdraw_qualification",
]
