"""A page as somebody without a browser sees it: the real scripts, run in this process."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).resolve().parents[2] / "pages" / "shell.py"
PATIENCE = 30  # seconds for one run of a page, the first of which imports pandas and Plotly


def visit(page: str, **parameters: str) -> AppTest:
    """Open ``page`` (a file below ``pages/``) with the URL's ``parameters``, as a reader of English."""
    app = AppTest.from_file(str(SHELL), default_timeout=PATIENCE)
    app.context = {"locale": "en-US"}
    app.run()
    for name, value in parameters.items():
        app.query_params[name] = value
    app.switch_page(page).run()
    assert not app.exception, app.exception[0].value
    return app


def words(app: AppTest) -> str:
    """Everything that the page says in headings, paragraphs, notes, texts and messages, without Markdown's escapes."""
    parts = [
        *app.header,
        *app.subheader,
        *app.markdown,
        *app.caption,
        *app.text,
        *app.error,
        *app.warning,
        *app.success,
    ]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")
