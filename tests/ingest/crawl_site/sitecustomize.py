"""Python runs this at the start of the crawl process when this folder is on PYTHONPATH (tests only).

It notes every address a socket is connected to, fails any that is not a loopback address before a packet leaves, and
adds the test adapters.
"""

import os
import sys
from pathlib import Path


def _watch(event: str, arguments: tuple) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a socket in the file system
    with open(os.environ["RETURNWATCH_TEST_CONNECTS"], "a") as file:
        file.write(f"{address[0]}\n")
    if not str(address[0]).startswith("127."):
        raise RuntimeError(f"the crawl asked for a connection to {address[0]}")


if "RETURNWATCH_TEST_CONNECTS" in os.environ:
    sys.addaudithook(_watch)
    import ingest.adapters

    ingest.adapters.__path__.append(str(Path(__file__).parent / "extra_adapters"))
