"""A month in a minute.

Thousands of purchases through a month of platform time, the audit clean every day, then to the end.
"""

import argparse
import time
from datetime import timedelta

import uvloop

from bench.town import bench_town, cpu_seconds, show
from datong.kernel.invariants import audit, list_waiting
from datong.simulation.month import DRAIN, Plan, play_month
from datong.simulation.stage import Stage
from tests.cast import cast_of


async def main(purchases: int, seed: int, *, as_json: bool) -> None:
    """Play it and say how long it took, what was done, and what is left."""
    async with bench_town() as (_, town):
        cast = await cast_of(town, 12, 120)
        stage = Stage(town.adapters, town.clock, town.settings.secret, seed)
        plan = Plan(purchases, 30, seed)
        begun, cpu = time.perf_counter(), cpu_seconds()
        audits: list[float] = []
        broken = 0
        month: list[float] = []
        end_of_month = stage.now + timedelta(days=plan.days)

        async def end_of_day() -> None:
            nonlocal broken
            started = time.perf_counter()
            found = await audit(town.db)
            broken += len(found)
            if found:
                print(stage.now, found)
            audits.append(time.perf_counter() - started)
            if not month and stage.now >= end_of_month:
                month.append(time.perf_counter() - begun)

        await play_month(stage, cast, plan, end_of_month + DRAIN, end_of_day)
        await stage.close()
        left = await list_waiting(town.db)
        done = stage.done
        show(
            f"A month of {purchases} purchases, seed {seed}, and {DRAIN.days} days more",
            [
                ("orders", done["sent"] + done["cancelled"]),
                ("cases", done["asked"]),
                ("disputes", done["called the platform"]),
                ("reviews", sum(count for name, count in done.items() if name.startswith("reviewed"))),
                ("month_seconds", month[0]),
                ("seconds", time.perf_counter() - begun),
                ("cpu_seconds", cpu_seconds() - cpu),
                ("audits", len(audits)),
                ("audit_seconds_last", audits[-1]),
                ("broken", broken),
                ("unexplained", sum(count for reason, count in left.items() if reason.startswith("unexplained"))),
                ("left", sum(left.values())),
            ],
            as_json=as_json,
        )
        print("waiting:", left)
        print("done:", dict(done))
        print("refused:", dict(stage.refused))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--purchases", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    uvloop.run(main(asked.purchases, asked.seed, as_json=asked.json))
