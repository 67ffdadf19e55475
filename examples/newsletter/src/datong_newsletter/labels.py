"""Words of the newsletter; English here is the key of the translations."""

REFUSALS: dict[str, str] = {"newsletter.paid_up": "This period is paid already; you can renew when it ends."}
NOTICES: dict[str, str] = {
    "newsletter_paid": "Your newsletter subscription is paid.",
    "newsletter_ended": "Your newsletter subscription has ended.",
}
NOTICE_LINKS: dict[str, str] = {"newsletter_paid": "/newsletter", "newsletter_ended": "/newsletter"}
TIMERS: dict[str, str] = {"newsletter_subscription": "Newsletter: ending periods"}
ACCOUNTS: dict[str, str] = {"newsletter_revenue": "Newsletter revenue"}
