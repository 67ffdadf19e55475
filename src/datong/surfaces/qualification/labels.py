"""Words of the room `qualification`; English here is the key of the translations."""

from datong.commerce.qualification import PERMIT_KINDS

QUALIFICATION_STATES: dict[str, str] = {
    "SUBMITTED": "Submitted",
    "APPROVED": "In force",
    "REJECTED": "Rejected",
    "WITHDRAWN": "Withdrawn",
    "EXPIRED": "Expired",
    "REVOKED": "Revoked",
}
PERMITS: dict[str, str] = dict(PERMIT_KINDS)
LEVELS: dict[str, str] = {
    "own": "Own brand",
    "exclusive": "Exclusive authorisation",
    "first": "First-level authorisation",
    "second": "Second-level authorisation",
    "third": "Third-level authorisation",
}
MARKS: dict[str, str] = {
    "R": "R (registered)",
    "TM": "TM (applied for)",
}
NOTICES: dict[str, str] = {
    "shop_qualification_approved": "A brand authorisation or permit was approved.",
    "shop_qualification_rejected": "A brand authorisation or permit was rejected. Open it to see why.",
    "shop_qualification_expiring": "A brand authorisation or permit expires soon. Renew it to keep its products.",
    "shop_qualification_expired": "A brand authorisation or permit has expired. Its products are taken down.",
    "shop_qualification_revoked": "A brand authorisation or permit was revoked. Its products are taken down.",
}
NOTICE_LINKS: dict[str, str] = {
    "shop_qualification_approved": "/qualifications",
    "shop_qualification_rejected": "/qualifications",
    "shop_qualification_expiring": "/qualifications?renew={qualification_id}",
    "shop_qualification_expired": "/qualifications?renew={qualification_id}",
    "shop_qualification_revoked": "/qualifications",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "qualification.wrong_state": "Its state (%(state)s) does not allow this, or someone else was faster.",
    "qualification.already_waiting": "You have asked for the same already; it is being reviewed.",
    "qualification.flagship_taken": "Another flagship shop has this brand.",
    "qualification.too_many_brands": "A shop of this kind may have %(most)s brand at most.",
    "qualification.over": "It has expired already.",
    "qualification.level_too_low": "A flagship shop needs its own brand or an exclusive authorisation.",
    "qualification.deposit_too_low": "A trademark that is only applied for (TM) needs a higher deposit.",
    "qualification.own_shop": "You can't decide about a shop in which you work.",
}
TIMERS: dict[str, str] = {"qualification": "Brand authorisations and permits"}
