"""The schedule: every source at its cron line, refreshed in batches; afterwards whatever one was given to call.

APScheduler only rings: each source has a job with its cron line, and all that a ring does is to ask for a batch. A
batch refreshes what is due by the table of runs, so it makes no difference how often or how late it rings: after a
night's sleep a hundred missed rings are one batch, and a restart needs no memory of jobs.

Batches run in the thread that calls `run_forever` (the main one, so that a signal ends them), or in one thread of their
own (`start`), e.g. beside a web server.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from ingest.catalog import Source
from ingest.cron import cron_trigger
from ingest.due import ZONE, due
from ingest.refresh_report import RefreshReport

__all__ = ["Schedule", "Stopped", "due"]

log = logging.getLogger("returnwatch.schedule")

MISFIRE_GRACE = 6 * 3600  # seconds; APScheduler's own is one second, which drops jobs
JITTER = 60  # seconds, so that sources with the same cron line are not rung in the same second
GATHER = 15.0  # seconds: rings that come together make one batch
SWEEP = timedelta(minutes=10)  # looks for failed sources whose pause is over, and for anything missed


class Stopped(BaseException):
    """The schedule is to end: raised inside a batch, so that its crawl and transactions are ended in order."""


class Schedule:
    """`refresh_due()` refreshes what is due; each of `after` is called once per batch that brought rows.

    `once` is called after the first batch, whatever became of it: work that must not keep the first answers waiting.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        refresh_due: Callable[[], RefreshReport],
        after: Sequence[Callable[[RefreshReport], None]] = (),
        *,
        once: Callable[[], None] | None = None,
        gather: float = GATHER,
        sweep: timedelta = SWEEP,
        jitter: int = JITTER,
    ) -> None:
        self.refresh_due, self.after, self.gather = refresh_due, tuple(after), gather
        self._once = once
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.batches = 0
        self.last_error: str | None = None
        self._scheduler = BackgroundScheduler(
            timezone=ZONE,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE},
        )
        for source in sources.values():
            if source.why_off() is None and source.urls:
                trigger = cron_trigger(source.schedule, ZONE)
                trigger.jitter = jitter
                self._scheduler.add_job(self.ring, trigger, id=source.id, name=source.publisher)
        self._scheduler.add_job(self.ring, IntervalTrigger(seconds=int(sweep.total_seconds())), id="sweep")
        self._scheduler.add_listener(self._heard, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR)

    def ring(self) -> None:
        """Ask for a batch; any number of rings before it starts are one."""
        self._wanted.set()

    def next_turns(self) -> dict[str, datetime]:
        """{source_id: when its cron line rings next}, naive UTC. Only while it runs."""
        return {
            job.id: job.next_run_time.astimezone(UTC).replace(tzinfo=None)
            for job in self._scheduler.get_jobs()
            if job.id != "sweep" and job.next_run_time
        }

    def run_batch(self) -> RefreshReport | None:
        """Refresh what is due and call `after`. An error is logged and kept; the schedule goes on."""
        try:
            report = self.refresh_due()
            self.batches += 1
            if report.changed_anything:
                for call in self.after:
                    self._check()
                    call(report)
            self.last_error = None
        except Exception as error:  # the schedule outlives whatever a batch does
            self._check()  # a library may have turned our Stopped into an error of its own
            self.last_error = f"{type(error).__name__}: {error}"
            log.exception("batch_failed", extra={"error": self.last_error})
            return None
        log.info("batch_done", extra={"run_id": report.run_id, "sources": len(report.sources)})
        return report

    def _run_once(self) -> None:
        call, self._once = self._once, None
        if call is None:
            return
        try:
            call()
        except Exception as error:  # as with a batch
            self._check()
            log.exception("once_failed", extra={"error": f"{type(error).__name__}: {error}"})

    def progress(self, *_: object) -> None:
        """Give this to the refresh as its progress: it ends a batch in the other thread when the schedule ends."""
        self._check()

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _heard(self, event: JobExecutionEvent) -> None:
        log.warning("job_%s", event.code, extra={"job": event.job_id, "error": str(getattr(event, "exception", ""))})
        if event.code in (EVENT_JOB_MISSED, EVENT_JOB_MAX_INSTANCES):
            self.ring()  # a ring too late is still a ring: what is due is in the table of runs

    def _loop(self) -> None:
        self._wanted.set()  # catch up at once with what was missed while nothing ran
        while not self._stopping.is_set():
            if not self._wanted.wait(timeout=1.0):
                continue
            if self._stopping.wait(self.gather if self.batches else 0.0):
                break
            self._wanted.clear()
            try:
                self.run_batch()
                self._run_once()
            except Stopped:
                break

    def start(self) -> None:
        """Ring and refresh in threads of their own. `stop` ends them."""
        self._scheduler.start()
        self._thread = threading.Thread(target=self._loop, name="returnwatch-schedule")
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """End after the step at hand; True when all threads have ended within `timeout` seconds."""
        self._stopping.set()
        self._wanted.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._thread is not None:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    def run_forever(self) -> None:
        """Ring in the background and refresh here, in the main thread, until SIGTERM or SIGINT.

        The signal raises `Stopped` wherever the batch is: the crawl's child is killed, the transaction rolled back.
        """
        known = {number: signal.signal(number, self._signalled) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._scheduler.start()
            self._loop()
        except Stopped:
            pass
        finally:
            self._stopping.set()
            for number, handler in known.items():
                signal.signal(number, handler)
            if self._scheduler.running:
                self._scheduler.shutdown(wait=False)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        if self._stopping.is_set():
            return  # already on the way out; a second signal must not break the clean-up
        self._stopping.set()
        raise Stopped
