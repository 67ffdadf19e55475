"""Objects: files kept by key in a store named by a URL: a folder, or S3 and its like.

Private: nothing serves them by itself.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, from_url
from obstore.store import ObjectStore as Store


class ObjectsDown(Exception):  # noqa: N818 - a state of the adapters
    """The store gave no usable answer (away, full, or access denied); the same call may be made again."""


class Objects(Protocol):
    """A store of files."""

    async def put(self, key: str, body: bytes) -> None:
        """Keep a file under a key; the same again is no matter. Refuses `ObjectsDown`."""

    async def get(self, key: str) -> bytes | None:
        """The file of a key, or None. Refuses `ObjectsDown`."""

    async def delete(self, key: str) -> None:
        """Forget a file; one that is not there is no matter. Refuses `ObjectsDown`."""


class ObjectStore:
    """Files in a folder (`file:///…`), in memory (`memory:///`, tests), or at a provider (`s3://bucket/prefix`)."""

    def __init__(self, url: str, options: dict[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._store: Store
        if parts.scheme == "file":
            self._store = LocalStore(unquote(parts.path), mkdir=True)
        elif parts.scheme == "memory":
            self._store = MemoryStore()
        else:
            given = options or {}
            # A provider inside the same network may speak plain HTTP; one named by https never falls back to it.
            client = {"allow_http": given.get("endpoint", "").startswith("http://")}
            self._store = from_url(url, config=given, client_options=client)  # type: ignore[call-overload]  # the URL's kind decides

    async def put(self, key: str, body: bytes) -> None:
        """Keep a file under a key."""
        try:
            await obstore.put_async(self._store, key, body)
        except (BaseError, OSError) as error:
            raise ObjectsDown(type(error).__name__) from None

    async def get(self, key: str) -> bytes | None:
        """The file of a key, or None."""
        try:
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise ObjectsDown(type(error).__name__) from None

    async def delete(self, key: str) -> None:
        """Forget a file."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise ObjectsDown(type(error).__name__) from None


class Keeping:
    """Files that were put before it is known whether anything will name them."""

    def __init__(self) -> None:
        self.is_wanted = True


@asynccontextmanager
async def put_first(objects: Objects, files: Mapping[str, bytes]) -> AsyncIterator[Keeping]:
    """Put files, then name them in the block; if that is refused, or they are not wanted, they go again.

    Whatever is named is there. What a dying process leaves behind is named by nobody.
    """
    for key, body in files.items():
        await objects.put(key, body)
    keeping = Keeping()
    is_named = False
    try:
        yield keeping
        is_named = keeping.is_wanted
    finally:
        if not is_named:
            with suppress(ObjectsDown):
                for key in files:
                    await objects.delete(key)
