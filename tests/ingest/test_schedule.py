"""When sources are due, that many rings are one batch, and that the schedule ends cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.due import cadence, due, next_fire, when_due
from ingest.refresh_report import RefreshReport, SourceReport
from ingest.schedule import Schedule
from ingest.warehouse_runs import LastRun
from tests.ingest.warehouse_kit import source

NOW = datetime(2026, 11, 23, 12)


def last(ago: timedelta, state: str = "ok", failures: int = 0) -> LastRun:
    ended = NOW - ago
    return LastRun(ended, state, failures, ended if not failures else None)


def test_cron_lines_are_read_in_amsterdam_time_also_across_the_change_of_clocks() -> None:
    assert next_fire("0 6 * * *", datetime(2026, 11, 23, 4)) == datetime(2026, 11, 23, 5)  # winter: UTC+1
    assert next_fire("0 6 * * *", datetime(2026, 7, 1, 0)) == datetime(2026, 7, 1, 4)  # summer: UTC+2
    # 02:30 does not exist on 29 March 2026; the source still has its turn that day
    assert next_fire("30 2 * * *", datetime(2026, 3, 28, 12)) < datetime(2026, 3, 30)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("*/15 * * * *", timedelta(minutes=15)), ("0 6 * * *", timedelta(hours=24)), ("0 6 * * 1", timedelta(days=7))],
)
def test_cadence_is_the_longest_usual_gap(schedule: str, expected: timedelta) -> None:
    assert abs(cadence(schedule) - expected) <= timedelta(hours=1)  # a change of clocks lies within the gaps


def test_due_is_never_asked_first_then_by_cron() -> None:
    sources = {"alpha": source("alpha"), "beta": source("beta", schedule="0 6 1 * *")}
    assert due(sources, {}, NOW) == ["alpha", "beta"]
    runs = {"alpha": last(timedelta(hours=30)), "beta": last(timedelta(hours=30))}
    assert due(sources, runs, NOW) == ["alpha"]
    assert due(sources, {name: last(timedelta(hours=1)) for name in sources}, NOW) == []


def test_sources_that_are_off_or_have_no_address_are_never_due() -> None:
    sources = {
        "off": source("off", disabled="asked not to"),
        "dropped": source("dropped", urls=()),
        "keyed": source("keyed", key_variable="NO_SUCH_KEY_IS_SET", key_help="write to the publisher."),
    }
    assert due(sources, {}, NOW) == []


def test_failed_sources_are_tried_again_before_their_turn_but_ever_more_rarely() -> None:
    monthly = source("alpha", schedule="0 6 1 * *")
    pauses = [when_due(monthly, last(timedelta(0), "failed", number)) - NOW for number in (1, 2, 3, 12)]
    assert pauses == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=24)]
    often = source("beta", schedule="*/5 * * * *")
    assert when_due(often, last(timedelta(0), "failed", 1)) == NOW + timedelta(minutes=5)


class Recorder:
    """A refresh that takes a moment and counts."""

    def __init__(self, changed: bool = True) -> None:
        self.calls, self.after_calls, self.running, self.most = 0, 0, 0, 0
        self.changed = changed
        self.begun = threading.Event()

    def __call__(self) -> RefreshReport:
        self.running += 1
        self.most = max(self.most, self.running)
        self.calls += 1
        self.begun.set()
        time.sleep(0.05)
        self.running -= 1
        return RefreshReport("live-1", "live", [SourceReport("alpha", "ok", new=int(self.changed))])

    def after(self, report: RefreshReport) -> None:
        self.after_calls += 1


def wait_for(condition, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_it_catches_up_at_once_and_a_storm_of_rings_is_one_batch() -> None:
    recorder = Recorder()
    schedule = Schedule({"alpha": source("alpha")}, recorder, [recorder.after], gather=1.0)
    schedule.start()
    try:
        assert wait_for(lambda: schedule.batches == 1)
        for _ in range(200):
            schedule.ring()
        assert wait_for(lambda: schedule.batches == 2)
        time.sleep(1.2)
        assert (recorder.calls, recorder.after_calls, recorder.most) == (2, 2, 1)
    finally:
        assert schedule.stop(60)


def test_after_is_not_called_when_nothing_changed_and_errors_do_not_end_it() -> None:
    recorder = Recorder(changed=False)
    schedule = Schedule({}, recorder, [recorder.after], gather=0.01)
    schedule.run_batch()
    assert recorder.after_calls == 0

    def broken() -> RefreshReport:
        raise RuntimeError("disk full")

    schedule.refresh_due = broken
    assert schedule.run_batch() is None
    assert schedule.last_error == "RuntimeError: disk full"
    schedule.refresh_due = recorder
    assert schedule.run_batch() is not None
    assert schedule.last_error is None


@pytest.mark.parametrize("fails", [False, True])
def test_once_is_called_after_the_first_batch_also_when_that_failed(fails: bool) -> None:
    recorder, order = Recorder(), []

    def batch() -> RefreshReport:
        order.append("batch")
        if fails:
            raise RuntimeError("no disk")
        return recorder()

    def once() -> None:
        order.append("once")
        raise RuntimeError("the schedule goes on")

    schedule = Schedule({}, batch, once=once, gather=0.01)
    schedule.start()
    try:
        assert wait_for(lambda: len(order) == 2)
        schedule.ring()
        assert wait_for(lambda: len(order) == 3)
        assert order == ["batch", "once", "batch"]
    finally:
        assert schedule.stop(60)


def test_every_source_that_is_asked_has_a_job_with_hours_of_grace() -> None:
    sources = {"alpha": source("alpha"), "off": source("off", disabled="no"), "dropped": source("dropped", urls=())}
    schedule = Schedule(sources, Recorder(), gather=0.01)
    schedule.start()
    try:
        assert set(schedule.next_turns()) == {"alpha"}
        job = schedule._scheduler.get_job("alpha")
        assert job.misfire_grace_time >= 3600
        assert job.coalesce
        assert job.max_instances == 1
    finally:
        assert schedule.stop(60)


def test_stop_ends_a_batch_in_the_other_thread_through_its_progress() -> None:
    begun = threading.Event()

    def endless() -> RefreshReport:
        begun.set()
        while True:
            schedule.progress()
            time.sleep(0.01)

    schedule = Schedule({}, endless, gather=0.01)
    schedule.start()
    assert begun.wait(60)
    assert schedule.stop(60)


@pytest.mark.parametrize("busy", [False, True])
def test_sigterm_ends_with_status_0_and_leaves_no_child(tmp_path: Path, busy: bool) -> None:
    script = textwrap.dedent(
        f"""
        import subprocess, sys, time
        from ingest.refresh_report import RefreshReport
        from ingest.schedule import Schedule

        def batch():
            if {busy}:
                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
                try:
                    print(child.pid, flush=True)  # in here: the signal may come as soon as it is read
                    child.wait()
                finally:
                    child.kill()
                    child.wait()
            print("0", flush=True)
            return RefreshReport("live-1", "live")

        Schedule({{}}, batch).run_forever()
        """
    )
    path = tmp_path / "run.py"
    path.write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, env=environment, text=True)
    try:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        if child:
            with pytest.raises(ProcessLookupError):
                os.kill(child, 0)
    finally:
        process.kill()
        process.wait()
