"""Statistics of change detection: negative-binomial upper tail, what is muted, slow drift. Method section 13.

Arrays of shape (R, T): regions x periods of equal length (weeks, or months as a 4-week sum each). NaN is no data and
never an alarm; zero is a measured zero. Nothing here knows names, dates or words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NONE, NEW, RAISED, MUTED = 0, 1, 2, 3  # what became of a period in which the rule held (NONE: it did not hold)
WEEKS_PER_MONTH = 365.2425 / 7 / 12


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Periods of the data. window: periods in one sum; baseline: number of earlier sums; mute: periods.

    weeks: sums of 4 weeks, 26 earlier ones that do not overlap (104 weeks). months: one month is one sum, 24 earlier.
    """

    window: int
    baseline: int
    mute: int
    hazard: float
    drift_run: int

    @staticmethod
    def weeks(rules: Mapping[str, Any]) -> Rhythm:
        """Weekly counts, by framework.toml [alerts]."""
        window = int(rules["sum_weeks"])
        return Rhythm(
            window, int(rules["baseline_weeks"]) // window, int(rules["mute_weeks"]),
            float(rules["drift_hazard"]), int(rules["drift_run_weeks"]),
        )  # fmt: skip

    @staticmethod
    def months(rules: Mapping[str, Any]) -> Rhythm:
        """Monthly counts: a month stands for 4 weeks, muting and drift are rounded to whole months."""
        hazard = 1 - (1 - float(rules["drift_hazard"])) ** WEEKS_PER_MONTH
        mute, run = (round(float(rules[name]) / WEEKS_PER_MONTH) for name in ("mute_weeks", "drift_run_weeks"))
        return Rhythm(1, round(float(rules["baseline_weeks"]) / WEEKS_PER_MONTH), mute, hazard, run)


@dataclass(frozen=True, slots=True)
class Scan:
    """Arrays of shape (R, T). total: sum of the window (NaN: data missing). mean, phi: of the baseline. p: upper tail.

    rule: the tail rule or the record rule holds. record: the record rule alone does. outcome: NONE, NEW, RAISED, MUTED.
    """

    total: Floats
    mean: Floats
    phi: Floats
    p: Floats
    rule: Flags
    record: Flags
    outcome: NDArray[np.int8]

    def of(self, rows: NDArray[np.int64]) -> Scan:
        """The same of some regions."""
        return Scan(*(getattr(self, name)[rows] for name in Scan.__dataclass_fields__))


def scan_history(counts: Floats, rules: Mapping[str, Any], rhythm: Rhythm, record: float | None = None) -> Scan:
    """The rules at every period of every region, with what was known then only. `rules`: framework.toml [alerts].

    record: floor of the record rule of this series (None: it has none): a sum above the floor and above every earlier
    sum of the baseline's time. In places with much and uneven violence the tail rule is blind to the worst months.
    """
    total = window_sums(counts, rhythm.window)
    mean, phi = baseline(total, rules, rhythm)
    p = upper_tail(total, mean, phi)
    with np.errstate(invalid="ignore"):
        rule = (
            (p < rules["alpha"]) & (total - mean >= rules["minimum_excess"]) & (total >= rules["minimum_ratio"] * mean)
        )
        highest = np.zeros_like(rule)
        if record is not None:
            highest = (total > record) & (total > highest_before(total, rhythm)) & ~np.isnan(mean) & ~rule
    return Scan(total, mean, phi, p, rule | highest, highest, settle(total, rule | highest, rhythm.mute))


def highest_before(total: Floats, rhythm: Rhythm) -> Floats:
    """The highest sum of the baseline's time that does not overlap the current one; NaN where there is none."""
    before = np.full(total.shape, np.nan)
    for back in range(rhythm.window, rhythm.baseline * rhythm.window + 1):
        if back >= total.shape[1]:
            break
        before[:, back:] = np.fmax(before[:, back:], total[:, :-back])
    return before


def window_sums(counts: Floats, window: int) -> Floats:
    """Sums over the last `window` periods; NaN where one of them has no data."""
    if window == 1:
        return counts.astype(np.float64)
    result = np.full(counts.shape, np.nan)
    if counts.shape[1] >= window:
        view = np.lib.stride_tricks.sliding_window_view(counts, window, axis=1)
        result[:, window - 1 :] = view.sum(axis=2)
    return result


def baseline(total: Floats, rules: Mapping[str, Any], rhythm: Rhythm) -> tuple[Floats, Floats]:
    """Mean (with floor) and over-dispersion of the sums before the current one that do not overlap it.

    phi = (n phi_moments + w phi_prior) / (n + w), n the number of sums there are. NaN with fewer than half of them.
    """
    r, t = total.shape
    count, first, second = np.zeros((r, t)), np.zeros((r, t)), np.zeros((r, t))
    for k in range(1, rhythm.baseline + 1):
        step = k * rhythm.window
        if step >= t:
            break
        seen = ~np.isnan(total[:, :-step])
        value = np.where(seen, total[:, :-step], 0.0)
        count[:, step:] += seen
        first[:, step:] += value
        second[:, step:] += value**2
    enough = count >= rhythm.baseline / 2
    n = np.where(enough, count, np.nan)
    raw = first / n
    variance = np.maximum(second - n * raw**2, 0.0) / (n - 1)
    mean = np.maximum(raw, rules["mean_floor"])
    moments = np.maximum(variance - mean, 0.0) / mean**2
    weight = rules["dispersion_prior_weight"]
    return mean, (n * moments + weight * rules["dispersion_prior"]) / (n + weight)


def upper_tail(total: Floats, mean: Floats, phi: Floats) -> Floats:
    """P(NB >= total) for mean and over-dispersion phi (variance = mean + phi mean^2); NaN where anything is missing."""
    total, mean, phi = np.broadcast_arrays(total, mean, phi)
    result = np.full(total.shape, np.nan)
    known = ~(np.isnan(total) | np.isnan(mean) | np.isnan(phi))
    at = np.ceil(total[known])
    x = phi[known] * mean[known] / (1 + phi[known] * mean[known])
    tail = special.betainc(np.maximum(at, 1.0), 1 / phi[known], x)
    result[known] = np.where(at <= 0, 1.0, tail)
    return result


def settle(total: Floats, rule: Flags, mute: int) -> NDArray[np.int8]:
    """Which periods open an alert, raise the open one, or are muted.

    NEW: the rule holds and did not in the period before, or the mute is over, or the sum reached twice that of the last
    alert. RAISED: inside the mute, but higher than the period before. MUTED: inside the mute and not higher. So a step
    upwards is never muted: it opens an alert or raises one, and both are shown.
    """
    outcome = np.zeros(rule.shape, dtype=np.int8)
    opened = np.full(rule.shape[0], -(10**9))
    level = np.full(rule.shape[0], np.inf)
    for t in range(rule.shape[1]):
        held = rule[:, t - 1] if t else np.zeros(rule.shape[0], bool)
        before = total[:, t - 1] if t else np.full(rule.shape[0], np.nan)
        new = rule[:, t] & (~held | (t - opened >= mute) | (total[:, t] >= 2 * level))
        raised = rule[:, t] & ~new & (total[:, t] > before)
        outcome[:, t] = np.select([new, raised, rule[:, t]], [NEW, RAISED, MUTED], NONE)
        opened = np.where(new, t, opened)
        level = np.where(new, total[:, t], level)
    return outcome


def highest_in(total: Floats, periods: int, floor: float, mute: int) -> Flags:
    """The rule to compare with: above `floor` and above every sum of the last `periods`, then silent for `mute`.

    A record rule as early-warning services use it for countries; here for regions. No alarm before a full window.
    """
    alarms = np.zeros(total.shape, bool)
    last = np.full(total.shape[0], -(10**9))
    for t in range(periods, total.shape[1]):
        past = total[:, t - periods : t].max(axis=1)
        hit = (total[:, t] > past) & (total[:, t] > floor) & (t - last >= mute)
        alarms[:, t] = hit
        last = np.where(hit, t, last)
    return alarms


@dataclass(frozen=True, slots=True)
class Drift:
    """Arrays (R, T). recent: probability that the rate changed within the last `drift_run` periods.

    rate: events a period since then; before: a period in the time up to then, as it was expected at that moment. All
    NaN until half a baseline was counted before the recent periods: a change needs something to change from.
    """

    recent: Floats
    rate: Floats
    before: Floats


def drift(counts: Floats, rhythm: Rhythm, longest: int = 104) -> Drift:
    """Bayesian online change point of Gamma-Poisson counts, all regions at once.

    Prior of a new regime: Gamma with shape 1 and the mean of all earlier periods (at least .25). Runs are cut at
    `longest`. NaN counts leave the state as it was. The rate before is that of the regime before and not the mean of
    all time: after a war long past every return to shooting would look like calm, and a fall like a rise.
    """
    r, t = counts.shape
    shape, rate = np.ones((r, 1)), np.ones((r, 1))
    log_run = np.zeros((r, 1))
    recent, new, expected = (np.full((r, t), np.nan) for _ in range(3))
    for now in range(t):
        x = counts[:, now]
        seen = ~np.isnan(x)
        prior = _mean_of(counts[:, :now])
        shape[:, 0], rate[:, 0] = 1.0, 1.0 / prior
        value = np.where(seen, x, 0.0)[:, None]
        fit = (
            special.gammaln(shape + value) - special.gammaln(shape) - special.gammaln(value + 1)
            + shape * np.log(rate / (rate + 1)) - value * np.log(rate + 1)
        )  # fmt: skip
        posterior = log_run + np.where(seen[:, None], fit, 0.0)
        posterior -= special.logsumexp(posterior, axis=1, keepdims=True)
        shape, rate = shape + value, rate + seen[:, None]
        run = min(rhythm.drift_run, posterior.shape[1])
        weight = np.exp(posterior)
        recent[:, now] = weight[:, :run].sum(axis=1)
        new[:, now] = (weight[:, :run] * (shape / rate)[:, :run]).sum(axis=1) / np.maximum(recent[:, now], 1e-300)
        expected[:, now] = (weight * shape / rate).sum(axis=1)
        grown = np.full((r, 1), np.log(rhythm.hazard))
        log_run = np.concatenate([grown, posterior + np.log1p(-rhythm.hazard)], axis=1)[:, :longest]
        ones = np.ones((r, 1))
        shape = np.concatenate([ones, shape], axis=1)[:, :longest]
        rate = np.concatenate([ones, rate], axis=1)[:, :longest]
    before = earlier(expected, rhythm.drift_run)
    enough = earlier(np.cumsum(~np.isnan(counts), axis=1), rhythm.drift_run) >= rhythm.baseline * rhythm.window / 2
    return Drift(*(np.where(enough, values, np.nan) for values in (recent, new, before)))


def earlier(values: NDArray[Any], periods: int) -> Floats:
    """The same table as it stood some periods before; NaN where that is before its beginning."""
    moved = np.full(values.shape, np.nan)
    moved[:, periods:] = values[:, : max(values.shape[1] - periods, 0)]
    return moved


def lasting_rises(found: Drift, scan: Scan, rules: Mapping[str, Any], rhythm: Rhythm) -> Flags:
    """Where a slow drift upwards is told: the first period in which all of this holds, beside no sharp rise.

    The rate changed lately (`drift_probability`); the new one is worse, which means what it means for a sharp rise:
    at least `minimum_ratio` times the one before and `minimum_excess` above what was usual; and it lasted: no window of
    the recent periods was below the mean of two years, and together they are unlikely (`drift_alpha`) for counts as
    uneven as these, since a Poisson rate changes with every gust. A sharp rise of the same series that opened or grew
    in these periods tells the same change already.
    """
    windows = max(rhythm.drift_run // rhythm.window, 1)
    with np.errstate(invalid="ignore"):
        holds = (found.recent > rules["drift_probability"]) & (
            found.rate >= rules["minimum_ratio"] * np.maximum(found.before, rules["mean_floor"])
        )
        together = np.zeros(scan.total.shape)
        for back in range(windows):
            total = earlier(scan.total, back * rhythm.window)
            holds &= total >= scan.mean
            together += total
        holds &= together - windows * scan.mean >= windows * rules["minimum_excess"]
        holds &= upper_tail(together, windows * scan.mean, scan.phi / windows) < rules["drift_alpha"]
    holds[:, 1:] &= ~holds[:, :-1].copy()
    told = np.isin(scan.outcome, (NEW, RAISED)).astype(np.float64)
    for back in range(rhythm.drift_run):
        holds &= ~(earlier(told, back) == 1)
    return holds


def _mean_of(counts: Floats) -> Floats:
    n = (~np.isnan(counts)).sum(axis=1)
    return np.maximum(np.nansum(counts, axis=1) / np.maximum(n, 1), 0.25)
