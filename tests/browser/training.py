"""The Train page in a real browser: how a visitor chooses, starts a run of a few steps and waits for its end."""

from playwright.sync_api import Page

from tests.browser.stage import DRAWN, Visitor, settle

TRAINING_SECONDS = 900


def train(visitor: Visitor, model: str, name: str, **settings: str) -> None:
    """Start a run of that base model from the Train page, fields of Advanced by name, and wait until it is over."""
    page = visitor.page
    choose(page, "base_model", model)
    page.locator(".st-key-run_name input").fill(name)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_text(visitor.t("Advanced"), exact=True).click()
    for field, value in settings.items():
        page.locator(f".st-key-setting-{field} input").fill(value)
        page.keyboard.press("Tab")
        settle(page)
    visitor.press("Start training")
    page.wait_for_function(DRAWN, arg="/monitor")
    page.get_by_role("button", name=visitor.t("See the results")).wait_for(timeout=TRAINING_SECONDS * 1000)
    settle(page)


def choose(page: Page, key: str, option: str) -> None:
    """Take ``option`` of the select box ``key``."""
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option").filter(has_text=option).first.click()
    settle(page)
