"""`python -m tests.browser.screenshots`: every page in both languages and themes, as small PNG files.

The figures are the shipped ones moved in time, the documents are written for the tests: a picture says nothing about a
real place. Run it when pages changed; no test does.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import struct
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import pages, scene, server
from tests.browser.visit import FLAGS, visiting

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1280, 900
COLOURS = 128
DECODE = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height});
  const drawing = canvas.getContext('2d');
  drawing.drawImage(image, 0, 0);
  const bytes = drawing.getImageData(0, 0, image.width, image.height).data;
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 32768) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(pieces.join(''));
}"""


def small(page: Page, png: bytes) -> bytes:
    """The picture in its most frequent colours: a fifth of the bytes. page: a blank one, to decode it in."""
    pixels = page.evaluate(DECODE, "data:image/png;base64," + base64.b64encode(png).decode())
    rgb = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(-1, 4)[:, :3]
    packed = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    known, place, count = np.unique(packed, return_inverse=True, return_counts=True)
    every = np.stack([known >> 16, known >> 8 & 255, known & 255], axis=1).astype(np.int32)
    palette = every[np.argsort(-count)[:COLOURS]]
    nearest = np.concatenate([
        ((part[:, None, :] - palette[None]) ** 2).sum(axis=2).argmin(axis=1) for part in np.array_split(every, 64)
    ]).astype(np.uint8)  # fmt: skip
    width, height = struct.unpack(">II", png[16:24])
    rows = nearest[place].reshape(height, width)
    lines = np.insert(rows, 0, 0, axis=1).tobytes()  # filter 0 before each line: flat areas compress best so
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.astype(np.uint8).tobytes()), (b"IDAT", zlib.compress(lines, 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in (*parts, (b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def take(browser: Browser, base: str, folder: Path) -> int:
    """All pictures; the bytes written."""
    written = 0
    blank = browser.new_page()
    for language in pages.LANGUAGES:
        for path in pages.PATHS:
            with visiting(browser, base, width=WIDTH, height=HEIGHT, color_scheme="light") as visit:
                visit.go(path, **pages.parameters(path, language))
                for theme in ("light", "dark"):
                    visit.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                    visit.page.wait_for_timeout(500)
                    picture = small(blank, visit.rest().page.screenshot())
                    (folder / f"{path}-{language}-{theme}.png").write_bytes(picture)
                    written += len(picture)
    return written


def main() -> int:
    """Make the scene, serve it, take the pictures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    out = options.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        scene.prepare(Path(folder), ROOT, now, months=12, hostile=False)
        with server.serving(Path(folder)) as base, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            print(f"{take(browser, base, out) / 1e6:.1f} MB in {out}")
            browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
