"""The dashboard's entry, run once per view of a page: language, sign-in, navigation, header, the view, footer."""

from __future__ import annotations

import functools
from types import ModuleType

import streamlit as st

from assessment.read import NoSnapshot
from dashboard import shell, sign_in, views
from dashboard.page import Page

st.set_page_config(page_title="ReturnWatch", page_icon="🧭", layout="wide")

words = shell.language()
now = shell.utc_now()
shell.style(words)
try:
    actor = shell.actor(now)
except sign_in.SignedOut as out:
    # Every address leads here: a deep link says "sign in", not "page not found".
    screen = functools.partial(sign_in.screen, words, out.why)
    paths = [view.PATH for view in views.every()]
    st.navigation([st.Page(screen, title="ReturnWatch", url_path=p) for p in paths], position="hidden").run()
    st.stop()


def show(view: ModuleType) -> None:
    """One view between header and footer; without a snapshot, what to do about it."""
    try:
        page = Page(shell.reader(), words, actor, shell.open_ledger, now, pages)
    except NoSnapshot as error:
        st.title("ReturnWatch")
        st.warning(words("state.nothing_published"))
        st.code(str(error), language=None)
        return
    st.set_page_config(page_title=f"{words(f'{view.PATH}.title')} · ReturnWatch")
    shell.header(page)
    sign_in.bar(page)
    try:
        view.show(page)
    except Exception:  # the border: a fault of one view is said in the reader's words, the rest of the page stands
        shell.fault(page, view.PATH)
    shell.footer(page)


seen = [view for view in views.every() if actor.roles & view.ROLES]
first = seen[0]
pages = {
    view.PATH: st.Page(
        functools.partial(show, view), title=words(f"{view.PATH}.title"),
        url_path="start" if view is first else view.PATH, default=view is first,
    )
    for view in seen
}  # fmt: skip
# The first page lives at the root address; its own name leads there too, in a mail or a new tab.
named = st.Page(functools.partial(show, first), title=words(f"{first.PATH}.title"), url_path=first.PATH,
                visibility="hidden")  # fmt: skip
st.navigation([*pages.values(), named], position="top").run()
