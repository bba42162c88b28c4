"""What one caller may have."""

import asyncio
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_server.access.allowance import Allowance
from ecg_server.access.shares import FEW_CALLERS, Share, Shares
from ecg_server.errors import CallerLimitError
from ecg_testing.virtual_time import in_virtual_time

RATES = st.floats(0.05, 50)
PAUSES = st.lists(st.floats(0, 3), max_size=60)


class Clock:
    """A clock that stands still unless it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now


def assert_within_limit(times: list[float], per_second: float) -> None:
    """Between any two of these times no more went by than may; rounding aside."""
    for first, last in combinations(range(len(times)), 2):
        allowed = per_second * (times[last] - times[first]) + max(1.0, per_second)
        assert last - first + 1 <= allowed + 1e-6


def taken(share: Share) -> int:
    """Return how many a share lets through at once."""
    for number in range(1000):
        try:
            share.take()
        except CallerLimitError:
            return number
    return 1000


def open_one(share: Share, error: Exception | None = None) -> None:
    """Open a call and end it, well or with an error."""
    with share.open_call():
        if error is not None:
            raise error


@given(PAUSES, RATES)
def test_an_allowance_lets_no_more_through_than_the_rate_and_one_seconds_worth(
    pauses: list[float], per_second: float
) -> None:
    """Whenever somebody comes, over any span of time; and who comes when it says may go."""
    allowance = Allowance(per_second)
    now, times = 0.0, []
    for pause in pauses:
        now += pause
        if allowance.next_at() <= now:
            allowance.take(now)
            times.append(now)

    assert_within_limit(times, per_second)


@given(RATES, st.integers(1, 60))
def test_an_allowance_lets_all_of_it_through(per_second: float, seconds: int) -> None:
    """Whoever takes each as soon as it may has the whole rate, and the second's worth on top."""
    allowance = Allowance(per_second)
    count = 0
    while (now := max(0.0, allowance.next_at())) <= seconds:
        allowance.take(now)
        count += 1

    assert count >= int(per_second * seconds + max(1.0, per_second) - 1e-6)


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans(), st.booleans()), max_size=40), RATES)
def test_single_calls_streams_and_those_who_give_up_together_keep_to_the_limit(
    arrivals: list[tuple[float, bool, bool]], per_second: float
) -> None:
    """Whatever the schedule is; and whoever goes on waiting is let through."""

    async def scenario(clock: Callable[[], float]) -> list[float]:
        share = Shares(per_second, 0, clock).share_of("ward-7")
        times: list[float] = []

        async def wait() -> None:
            await share.take_when_allowed()
            times.append(clock())

        waiting = []
        for pause, is_stream, gives_up in arrivals:
            await asyncio.sleep(pause)
            if is_stream:
                waiting.append(asyncio.create_task(wait()))
                if gives_up:
                    asyncio.get_running_loop().call_later(pause, waiting[-1].cancel)
                continue
            try:
                share.take()
            except CallerLimitError as error:
                assert error.retry_after_seconds > 0  # noqa: PT017 - most are let through
            else:
                times.append(clock())
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ends)
        return times

    times = in_virtual_time(scenario)

    assert times == sorted(times)
    assert_within_limit(times, per_second)


def test_after_a_pause_one_seconds_worth_goes_at_once_and_then_each_in_its_time() -> None:
    """Four a second: four at once, the fifth a quarter of a second later, and the error says so."""
    clock = Clock()
    share = Shares(4, 0, clock).share_of("ward-7")
    assert taken(share) == 4

    with pytest.raises(CallerLimitError, match="this caller may have at most 4 recordings a second") as caught:
        share.take()
    assert caught.value.retry_after_seconds == pytest.approx(0.25)
    clock.now = 0.25
    assert taken(share) == 1
    clock.now = 100
    assert taken(share) == 4


def test_a_caller_that_may_have_less_than_one_a_second_may_have_one_at_once() -> None:
    """Otherwise it could never have any."""
    clock = Clock()
    share = Shares(0.1, 0, clock).share_of("ward-7")
    assert taken(share) == 1

    with pytest.raises(CallerLimitError, match=r"at most 0\.1 recordings a second") as caught:
        share.take()
    assert caught.value.retry_after_seconds == pytest.approx(10)


def test_a_stream_waits_where_a_single_call_is_refused() -> None:
    """Those who wait are let through in the order in which they came, evenly."""

    async def scenario(clock: Callable[[], float]) -> list[tuple[int, float]]:
        share = Shares(2, 0, clock).share_of("ward-7")
        went: list[tuple[int, float]] = []

        async def wait(number: int) -> None:
            await share.take_when_allowed()
            went.append((number, clock()))

        await asyncio.gather(*(wait(number) for number in range(5)))
        return went

    assert in_virtual_time(scenario) == [(0, 0.0), (1, 0.0), (2, 0.5), (3, 1.0), (4, 1.5)]


def test_nobody_who_has_just_come_overtakes_those_who_wait() -> None:
    """Not even who comes in the very moment in which the next may go."""

    async def scenario(clock: Callable[[], float]) -> list[tuple[str, float]]:
        share = Shares(1, 0, clock).share_of("ward-7")
        went: list[tuple[str, float]] = []

        async def wait(name: str, comes_at: float) -> None:
            await asyncio.sleep(comes_at)
            await share.take_when_allowed()
            went.append((name, clock()))

        await asyncio.gather(wait("first", 0), wait("last", 1), wait("second", 0))
        return went

    assert in_virtual_time(scenario) == [("first", 0.0), ("second", 1.0), ("last", 2.0)]


def test_who_gives_up_waiting_costs_nobody_anything() -> None:
    """The next goes when the first would have gone."""

    async def scenario(clock: Callable[[], float]) -> float:
        share = Shares(1, 0, clock).share_of("ward-7")
        await share.take_when_allowed()
        first, second = (asyncio.create_task(share.take_when_allowed()) for _ in range(2))
        await asyncio.sleep(0.5)
        first.cancel()
        await second
        return clock()

    assert in_virtual_time(scenario) == pytest.approx(1.0)


def test_a_caller_may_have_so_many_calls_open_at_once() -> None:
    """One more is refused, and told when to try again; once one has ended there is room."""
    share = Shares(0, 2).share_of("ward-7")
    with share.open_call(), share.open_call():
        with pytest.raises(CallerLimitError, match="at most 2 calls open at once") as caught:
            open_one(share)
        assert caught.value.retry_after_seconds > 0
    open_one(share)


def test_a_call_that_fails_is_no_longer_open() -> None:
    """Nor is one that was refused."""
    share = Shares(0, 1).share_of("ward-7")
    with pytest.raises(RuntimeError, match="failed"):
        open_one(share, RuntimeError("failed"))
    with share.open_call(), pytest.raises(CallerLimitError, match="at most 1 call open at once"):
        open_one(share)
    open_one(share)


def test_callers_have_their_shares_to_themselves() -> None:
    """What one has used is no loss to another; the same caller's next call finds the same share."""
    shares = Shares(3, 1, Clock())
    with shares.share_of("ward-7").open_call(), shares.share_of("archive").open_call():
        assert taken(shares.share_of("ward-7")) == 3
        assert taken(shares.share_of("ward-7")) == 0
        assert taken(shares.share_of("archive")) == 3


async def test_without_limits_everything_goes_and_nobody_is_kept_in_mind() -> None:
    """All callers have one share, which counts nothing that could be refused."""
    shares = Shares(0, 0)
    one = shares.share_of("ward-7")
    with one.open_call(), one.open_call():
        assert taken(one) == 1000
        await one.take_when_allowed()

    assert one is shares.share_of("archive")
    assert len(shares) == 0


def test_callers_that_have_gone_are_forgotten() -> None:
    """Ten thousand who come and go leave no more than a few behind."""
    clock = Clock()
    shares = Shares(10, 1, clock)
    for number in range(10_000):
        clock.now += 0.1
        shares.share_of(f"caller {number}").take()

    assert len(shares) <= FEW_CALLERS


def test_nobody_is_forgotten_who_has_a_call_open_or_has_used_a_part() -> None:
    """However many others come: a limit cannot be shaken off that way."""
    clock = Clock()
    shares = Shares(1, 1, clock)
    open_call, used = shares.share_of("open"), shares.share_of("used")
    with open_call.open_call():
        used.take()
        for number in range(3 * FEW_CALLERS):
            shares.share_of(f"caller {number}")
        assert shares.share_of("open") is open_call
        assert shares.share_of("used") is used
        clock.now = 1.0
        for number in range(3 * FEW_CALLERS):
            shares.share_of(f"other {number}")
        assert shares.share_of("open") is open_call
        assert shares.share_of("used") is not used
