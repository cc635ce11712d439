"""The server: pages, security headers, exported models to take away, and a look after the jobs every few seconds.

``streamlit run app.py`` and ``python app.py`` both start it, on 127.0.0.1:8501. It holds no model: whatever
takes long is a process of its own (``pipeline.jobs``).
"""

import asyncio
import base64
import contextlib
import hashlib
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.components.files import safe_name
from pipeline import jobs
from pipeline.actions.export import exported
from pipeline.errors import TuneDeskError

# A killed worker is noticed and the next job started within this time, also while nobody looks at a page.
RECONCILE_SECONDS = 5.0

# The page that the browser loads first, as Streamlit delivers it.
INDEX = Path(st.__file__).parent / "static" / "index.html"


def inline_scripts(page: str) -> str:
    """The scripts that stand in ``page`` itself, as hashes that a Content-Security-Policy allows by name."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


# A ticket may hold a picture's address; without these the browser would fetch it and tell a stranger who reads.
# Styles inline: Streamlit's own. Scripts: what the server itself delivers, and the WebAssembly of its tables.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' 'wasm-unsafe-eval' {inline_scripts(INDEX.read_text(encoding='utf-8'))}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
}

logger = logging.getLogger("tunedesk")


class SecurityHeaders:
    """Adds HEADERS to every answer; leaves the body and its streaming alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the start of the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def health(request: Request) -> JSONResponse:
    """Says that the server answers."""
    return JSONResponse({"status": "ok"})


def exported_model(request: Request) -> FileResponse:
    """The file that a finished export has made, sent piece by piece: it is too large for the server's memory.

    Runs in a thread of the server's, as it asks the database.
    """
    try:
        path, name = exported(request.path_params["job"])
    except TuneDeskError as error:
        raise HTTPException(404) from error
    return FileResponse(path, filename=safe_name(name, path.suffix), media_type="application/zip")


@contextlib.asynccontextmanager
async def lifespan(server: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Take the jobs up where the last server left them, and keep an eye on them while this one runs."""
    await asyncio.to_thread(jobs.reconcile)
    keeper = asyncio.create_task(_reconcile_for_ever())
    try:
        yield None
    finally:
        keeper.cancel()


async def _reconcile_for_ever() -> None:
    while True:
        await asyncio.sleep(RECONCILE_SECONDS)
        try:
            await asyncio.to_thread(jobs.reconcile)
        except TuneDeskError as error:
            # A full disk or a locked database passes; the next look tries again.
            logger.error("Jobs could not be looked after: %s", error)


app = st.App(
    Path(__file__).resolve().parent / "pages" / "shell.py",
    routes=[Route("/api/health", health), Route("/api/exports/{job}", exported_model)],
    middleware=[Middleware(SecurityHeaders)],
    lifespan=lifespan,
)

if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a person ends it
        app.run()
