"""One person at a browser: pages by path, waiting until a page has come to rest, and everything it asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, TimeoutError

from dashboard import views

# Without these Chromium asks hosts of its maker at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RESTED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && document.querySelector('.rw-footer') && !document.documentElement.classList.contains('rw-going')
    && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"], [data-testid="stAppSkeleton"]');
}"""
# What has the focus, also inside a component: its role or tag, and its name.
FOCUSED = """() => {
  let active = document.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) active = active.shadowRoot.activeElement;
  if (!active) return ['', ''];
  const labels = [...(active.labels || [])].map((label) => label.innerText).join(' ');
  const name = active.getAttribute('aria-label') || active.innerText || labels || active.textContent || '';
  return [active.getAttribute('role') || active.tagName.toLowerCase(), name.trim()];
}"""
PATIENCE = 30_000  # milliseconds
START = views.every()[0].PATH


@dataclass
class Visit:
    """A tab of one browser context. requests: every address asked; faults: errors of the page and its console."""

    page: Page
    base: str
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def go(self, path: str = "", **parameters: str) -> Visit:
        """Open a page by its address, as from a mail."""
        query = urlencode(parameters)
        path = "" if path == START else path  # the start page has the address of the server itself
        self.page.goto(f"{self.base}/{path}" + (f"?{query}" if query else ""), wait_until="commit")
        return self.rest()

    def rest(self) -> Visit:
        """Wait until the page has run to its footer; a page that failed inside is an error."""
        try:
            self.page.wait_for_function(RESTED, timeout=PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{self.page.url} does not come to rest: {self.page.inner_text('body')}") from None
        broken = self.page.locator('[data-testid="stException"]')
        assert broken.count() == 0, f"{self.page.url}: {broken.first.inner_text()}"
        return self

    def click(self, target: Locator) -> Visit:
        """Press something and wait for what it does."""
        target.click()
        self.page.wait_for_timeout(50)  # the click has to reach the server before the state is worth reading
        return self.rest()

    def tab_to(self, role: str, name: str, most: int = 80) -> Visit:
        """Press Tab until something of this role (or tag) has the focus whose name begins so."""
        met = []
        for _ in range(most):
            self.page.keyboard.press("Tab")
            met.append(self.focused())
            if met[-1][0] == role and met[-1][1].startswith(name):
                return self
        raise AssertionError(f"{self.page.url}: {most} times Tab met no {role} {name!r}, but {met}")

    def focused(self) -> tuple[str, str]:
        """Role (or tag) and name of what has the focus."""
        role, name = self.page.evaluate(FOCUSED)
        return role, name

    def press(self, key: str) -> Visit:
        """Press a key and wait for what it does."""
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(50)
        return self.rest()

    def parameters(self) -> dict[str, str]:
        """What the address says now."""
        return dict(pair.split("=", 1) for pair in urlsplit(self.page.url).query.split("&") if "=" in pair)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path.strip("/")

    @property
    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    @property
    def words(self) -> str:
        """Everything written in the page's main part."""
        return self.page.locator('[data-testid="stMain"]').inner_text()

    def scripts_ran(self) -> bool:
        """True when hostile text was more than text: every such text sets `window.taken`."""
        return bool(self.page.evaluate("() => 'taken' in window"))

    def overflow(self) -> int:
        """Pixels the page is wider than its window; 0 when nothing makes it scroll sideways."""
        return int(
            self.page.evaluate(
                """() => {
                    const parts = [document.scrollingElement, document.querySelector('[data-testid="stMain"]')];
                    return Math.max(...parts.filter(Boolean).map((p) => p.scrollWidth - p.clientWidth));
                }"""
            )
        )

    def foreign(self) -> list[str]:
        """Addresses asked that are not the server's own."""
        own = urlsplit(self.base).netloc
        return sorted({url for url in self.requests if urlsplit(url).netloc not in ("", own)})


def _note(visit: Visit, said: ConsoleMessage) -> None:
    # Opened below its root, Streamlit first looks for its server beside the page's own path, then at the root.
    guessed = "/_stcore/" in said.location.get("url", "") and "404" in said.text
    if said.type == "error" and not guessed:
        visit.faults.append(f"{visit.page.url}: {said.text}")


@contextmanager
def visiting(browser: Browser, base: str, *, width: int = 1280, height: int = 900, **options: Any) -> Iterator[Visit]:
    """A fresh person: no cookies, nothing remembered."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL", **options)
    page = context.new_page()
    visit = Visit(page, base)
    context.on("request", lambda request: visit.requests.append(request.url))
    page.on("websocket", lambda socket: visit.requests.append(socket.url))
    page.on("pageerror", lambda error: visit.faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: _note(visit, said))
    try:
        yield visit
    finally:
        context.close()
