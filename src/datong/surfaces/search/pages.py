"""Searching: results with facets, suggestions while typing, one's own history."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog
from datong.platform import search
from datong.platform.search import Option
from datong.surfaces.forms import read_amount, read_form
from datong.surfaces.labels import worded
from datong.surfaces.language import money, translate
from datong.surfaces.page_rendering import PageContext, load_page_context, page, redirect_to
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, language_of, pick, sender
from datong.surfaces.search.labels import FACETS, SERVICES, SHOWN_ORDERS
from datong.surfaces.search.search_form import (
    Answered,
    Asked,
    client_of,
    facet_named,
    read_chosen,
    read_order,
    run_search,
)


class Links:
    """Addresses of this search with something else chosen; a new choice begins on the first page."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = [(name, text) for name, text in pairs if text]

    def get(self, name: str) -> str:
        """The last value under a name."""
        return next((text for own, text in reversed(self._pairs) if own == name), "")

    def all(self, name: str) -> list[str]:
        """Every value under a name."""
        return list(dict.fromkeys(text for own, text in self._pairs if own == name))

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """What a form has to carry along."""
        return [(name, text) for name, text in self._pairs if name not in {*without, "cursor"}]

    def set(self, **changes: str) -> str:
        """With these values and no others under their names; an empty one takes the name out."""
        kept = [(name, text) for name, text in self._pairs if name not in changes and name != "cursor"]
        return "/search?" + urlencode(kept + [(name, text) for name, text in changes.items() if text])

    def toggle(self, name: str, text: str) -> str:
        """With a value more, or less if it is there."""
        kept = [pair for pair in self._pairs if pair[0] != "cursor" and pair != (name, text)]
        return "/search?" + urlencode(kept if (name, text) in self._pairs else [*kept, (name, text)])


def _price(links: Links) -> tuple[int, int]:
    form = {"min": links.get("min"), "max": links.get("max")}
    low, high = (read_amount(form, name) if form[name] else 0 for name in ("min", "max"))
    return low, high


def option_links(links: Links, kind: str, option: Option, seen: PageContext) -> tuple[str, str]:
    """How an option is called and where it leads."""
    if kind == "price":
        low, _, high = option.code.partition("-")
        most = money(int(high), seen.currency, seen.language) if high != "0" else "…"
        label = f"{money(int(low), seen.currency, seen.language)} – {most}"
        if option.is_chosen:
            return label, links.set(min="", max="")
        return label, links.set(min=_yuan(int(low)), max=_yuan(int(high)))
    if kind == "service":
        return seen.say(SERVICES.get(option.code, option.code)), links.toggle("service", option.code)
    label = pick(option.names, seen.language)
    if kind == "store":
        code = next((each.code for each in seen.brands if str(each.storefront_id) == option.code), "")
        return label, links.set(storefront="" if option.is_chosen else code)
    if kind == "category":
        return label, links.set(category="" if option.is_chosen else option.code)
    return label, links.toggle({"ships_from": "from"}.get(kind, kind), option.code)


def _yuan(amount: int) -> str:
    return f"{amount / 100:g}" if amount else ""


@get("/search", include_in_schema=False)
async def results(request: AnyRequest) -> Template:
    """Results of a query, or of a category without one; without both, what one looked for and what many look for."""
    links = Links(list(request.query_params.multi_items()))
    asked = search.read_query(links.get("q"))
    db = db_of(request)
    async with db.read() as tx:
        seen = await load_page_context(request, tx, links.get("storefront"))
        chosen = await read_chosen(
            tx, links.get("storefront"), links.get("category"), links.all("brand"), links.all("choice"), _price(links),
            (links.all("from"), links.all("service")),
        )  # fmt: skip
        book = await catalog.get_category_book(tx)
        category = book.get(chosen.category_id) if chosen.category_id else None
        if not asked.words and chosen == search.Chosen():
            history = await search.suggest(tx, seen.actor, "")
            hot = await search.list_hot(tx)
            return page(seen, "search/search_start.html", history=history, hot=hot, asked=asked)
    order = read_order(links.get("order") or "relevance")
    answer = await run_search(
        request, seen.actor, Asked(asked, chosen, order, links.get("cursor")[:200]), client_of(request)
    )
    hot = []
    if not answer.places:
        async with db.read() as tx:
            hot = await search.list_hot(tx)
    path = book.path(chosen.category_id)[::-1] if category else []
    return page(
        seen, "search/search.html", asked=asked, answer=answer, links=links, order=order, hot=hot, category=category,
        category_path=path, orders=worded(SHOWN_ORDERS, seen.language), facet_words=worded(FACETS, seen.language),
        option=lambda kind, each: option_links(links, kind, each, seen), **_said(answer),
    )  # fmt: skip


def _said(answer: Answered) -> dict[str, Any]:
    """What has to be said about how the query was asked."""
    plan, facets = answer.results.plan, answer.results.facets
    predicted = facet_named(facets, "category")
    guess = next(
        (each for each in predicted.options if each.code == str(answer.results.predicted)), None
    ) if predicted and answer.results.predicted else None  # fmt: skip
    maker = facet_named(facets, "brand")
    return {
        "meant": list(plan.corrected.items()),
        "left_out": list(plan.left_out),
        "guess": guess,
        "named": [each for each in (maker.options if maker else []) if each.is_named and not each.is_chosen][:2],
    }


@get("/search/suggestions", include_in_schema=False)
async def suggestions(request: AnyRequest, q: str = "") -> Template:
    """A piece of page: what may be meant by what is typed so far."""
    async with db_of(request).read() as tx:
        found = await search.suggest(tx, await actor_of_request(request, tx), q[:60])
    language = language_of(request)
    return Template("search/suggestions.html", context={"found": found, "_": lambda text: translate(text, language)})


@post("/search/history/erase", include_in_schema=False)
async def erase(request: AnyRequest) -> Redirect:
    """Forget one of one's own queries, or all."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    if actor.id:
        await db.run(search.erase_history, actor, form.get("shown", ""))
    return redirect_to("/search")


HANDLERS = [results, suggestions, erase]
