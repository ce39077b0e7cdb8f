"""Training runs. The one whose state is `running` is the lock, in all processes at once.

An admin requests a run, and a process that can train claims it: the bot itself, or a trainer on
another machine. The database allows a single running row (a unique index), and its holder renews a
lease on it. A holder whose lease lapses was killed: the first process that notices marks the run,
and then another one can start. The clock is the database's, so machines need not agree on the time.

The row is also how a bot hears what a trainer does: some bot claims the right to tell the admin how
far the run is, or how it ended.
"""

from bot.store.runs.lock import (
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    RENEW_SECONDS,
    WAITING_SECONDS,
    claim,
    end,
    finish,
    get,
    give_up,
    renew,
    request,
    request_cancel,
    running,
    waiting,
)
from bot.store.runs.records import (
    NO_HOLDER,
    SHOW_SECONDS,
    Address,
    Lease,
    Run,
    RunRequest,
    RunState,
)
from bot.store.runs.reports import REPORT_SECONDS, reported, show_at, to_tell

__all__ = [
    "HEARTBEAT_SECONDS",
    "LEASE_SECONDS",
    "NO_HOLDER",
    "RENEW_SECONDS",
    "REPORT_SECONDS",
    "SHOW_SECONDS",
    "WAITING_SECONDS",
    "Address",
    "Lease",
    "Run",
    "RunRequest",
    "RunState",
    "claim",
    "end",
    "finish",
    "get",
    "give_up",
    "renew",
    "reported",
    "request",
    "request_cancel",
    "running",
    "show_at",
    "to_tell",
    "waiting",
]
