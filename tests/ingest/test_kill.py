"""Killed with SIGKILL at random moments of a replay and started again: the same content, and readers notice nothing.

RETURNWATCH_KILLS=30 kills thirty times; `python -m bench.kill` does the same with any WARC files and the catalog.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.ingest import kill_kit
from tests.ingest import warehouse_kit as kit

KILLS = int(os.environ.get("RETURNWATCH_KILLS", "2"))
PER_ROUND = 3


def test_a_killed_replay_started_again_ends_with_the_same_content(tmp_path: Path) -> None:
    sources = kill_kit.small_sources()
    modules = kill_kit.extra_modules(tmp_path / "modules")
    reference_dir = kit.small_reference(tmp_path / "reference")
    first = kill_kit.make_replay(tmp_path / "first.warc.gz", sources, answers=1, rows=60, start=0)
    then = kill_kit.make_replay(tmp_path / "then.warc.gz", sources, answers=4, rows=200, start=1)

    before = tmp_path / "before"
    kill_kit.run(before, reference_dir, [first], modules, None)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before, undisturbed)
    seconds = kill_kit.run(undisturbed, reference_dir, [then], modules, None)
    expected = kill_kit.content(undisturbed)
    assert expected["faults"] == {}
    allowed = {kill_kit.Reader(data / "published").state() for data in (before, undisturbed)}
    assert len(allowed) == 2

    moments = kill_kit.moments(KILLS, seconds, seed=20261123)
    for number in range(0, KILLS, PER_ROUND):
        data = tmp_path / f"killed-{number}"
        shutil.copytree(before, data)
        with kill_kit.Reader(data / "published") as reader:
            for moment in moments[number : number + PER_ROUND]:
                kill_kit.run(data, reference_dir, [then], modules, moment)
            kill_kit.run(data, reference_dir, [then], modules, None)
        assert kill_kit.differences(kill_kit.content(data), expected) == []
        assert reader.errors == []
        assert set(reader.seen) <= allowed
        assert len(reader.seen) == 2
        assert sum(reader.seen.values()) > 10
        shutil.rmtree(data)
