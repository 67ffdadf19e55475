"""Reading forms: plain texts by name; a field that is missing is empty."""

from litestar.datastructures import UploadFile
from litestar.response import Response

from datong.kernel.refusal import Invalid
from datong.surfaces.request_context import COOKIE, AnyRequest, settings_of

YEAR = 365 * 24 * 3600


FORMER_FIELDS = {"deed": "intent"}
"""Names that fields of forms had in the release before; a page that was open across an update still sends them.

Taken for one release.
"""


def with_present_names(texts: dict[str, str]) -> dict[str, str]:
    """The fields of a form, those under a former name under the present one."""
    return {FORMER_FIELDS[name]: text for name, text in texts.items() if name in FORMER_FIELDS} | {
        name: text for name, text in texts.items() if name not in FORMER_FIELDS
    }


async def read_form(request: AnyRequest) -> dict[str, str]:
    """The fields of a form; files are not taken here."""
    form = await request.form()
    return with_present_names({name: value for name, value in form.items() if isinstance(value, str)})


async def read_form_with_files(request: AnyRequest) -> tuple[dict[str, str], list[bytes]]:
    """The fields of a form, and its files; an input left empty is no file."""
    form = await request.form()
    texts = with_present_names({name: value for name, value in form.items() if isinstance(value, str)})
    uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    files = [await each.read() for each in uploads]
    return texts, [body for body in files if body]


def read_number(form: dict[str, str], name: str, default: int | None = None) -> int:
    """A whole number of a form; refuses `Invalid`."""
    text = form.get(name, "").strip()
    if not text and default is not None:
        return default
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:  # noqa: PLR2004 - what 63 bits hold with room to spare
        raise Invalid(name, "a whole number")
    return int(text)


def read_amount(form: dict[str, str], name: str) -> int:
    """A price as people type it, 12 or 12.5 or 12.50, in minor units; refuses `Invalid`."""
    text = form.get(name, "").strip()
    whole, _, rest = text.partition(".")
    if not (whole + rest).isascii() or not (whole + rest).isdigit() or len(rest) > 2 or len(whole) > 10:  # noqa: PLR2004 - cents; and what 63 bits hold
        raise Invalid(name, "like 12.50")
    return int(whole or "0") * 100 + int(rest.ljust(2, "0"))


def safe_next(path: str) -> str:
    """Where to go on: a path of this site, and nowhere else."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"


def keep_token(request: AnyRequest, response: "Response[None]", token: str) -> None:
    """Put a session's or guest's token into the browser."""
    response.set_cookie(
        key=COOKIE, value=token, max_age=YEAR, httponly=True, samesite="lax",
        secure=settings_of(request).base_url.startswith("https"),
    )  # fmt: skip
