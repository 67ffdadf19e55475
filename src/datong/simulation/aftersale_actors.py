"""What comes after the sale on the stage: asking, answering, sending back, disputing, appealing.

And what is said in the end.
"""

from collections.abc import Awaitable, Callable
from random import Random

from datong.commerce import aftersale, order, review
from datong.commerce.aftersale import CaseState, Decision, HelpStatus, RefundCase, RefundRequest, ReturnShipment
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.simulation.stage import Stage

ASKS: tuple[tuple[str, str], ...] = (
    ("REFUND_AND_RETURN", "no_reason"), ("REFUND_AND_RETURN", "quality"), ("REFUND_AND_RETURN", "not_as_described"),
    ("REFUND", "damaged"), ("REFUND", "missing_parts"), ("REFUND", "not_received"), ("EXCHANGE", "wrong_size"),
    ("EXCHANGE", "quality"), ("RESHIPPING", "not_received"),
)  # fmt: skip
PRAISE = (
    "Just as described, well packed.", "很好，和描述一致。", "Came a day early. Good quality for the price.", "质量不错，物流很快。",
    "Second time I buy here.", "包装仔细，店家很热情。", "",
)  # fmt: skip
BLAME = (
    "Smaller than it looks on the picture.",
    "颜色有色差，不太满意。",
    "A seam came loose after a day.",
    "发货太慢了。",
)
CaseActionFn = Callable[..., Awaitable[RefundCase]]


class Aftermath:
    """Buyer and shop of one order, and the platform's staff where they cannot agree."""

    def __init__(
        self, stage: Stage, staff: tuple[Actor, Actor], buyer: Actor, seller: Actor, order_id: int, chance: Random
    ) -> None:  # fmt: skip
        self._stage = stage
        self._staff = staff
        self._buyer = buyer
        self._seller = seller
        self._order_id = order_id
        self._chance = chance

    def _is(self, chance: float) -> bool:
        return self._chance.random() < chance

    async def complain_before_sending(self, after_hours: float) -> None:
        """Ask the money back for what was not sent; the shop agrees, or is silent, or sends it meanwhile."""
        await self._stage.wait(after_hours)
        case_id = await self._ask(RefundRequest("REFUND", self._chance.choice(("not_wanted", "late_shipping"))))
        if case_id and self._is(0.5):
            await self._stage.wait(self._chance.uniform(1, 20))
            await self._do("agreed", aftersale.agree_to_refund, self._seller, case_id)

    async def complain(self) -> None:
        """Ask for something about what has come, or has not; then go on until the case has ended."""
        kind, reason = self._chance.choice(ASKS)
        case_id = await self._ask(
            RefundRequest(kind, reason, is_received=reason != "not_received", note="Please have a look. 请看一下。")
        )
        if not case_id:
            return
        if self._is(0.08):
            await self._stage.wait(3)
            await self._do("withdrawn", aftersale.withdraw_refund, self._buyer, case_id)
            return
        await self._stage.wait(self._chance.uniform(1, 60))
        if self._is(0.6):
            await self._do("agreed", aftersale.agree_to_refund, self._seller, case_id)
        elif self._is(0.6):
            await self._do("refused", aftersale.refuse_refund, self._seller, case_id, "It was whole when it left us.")
        await self._follow(case_id)

    async def _follow(self, case_id: int) -> None:
        for _ in range(8):
            case = await self._see(case_id)
            if not case.is_open:
                return
            match case.state:
                case CaseState.SELLER_REFUSE_BUYER:
                    await self._after_refusal(case)
                case CaseState.WAIT_BUYER_RETURN_GOODS:
                    await self._send_back(case)
                case CaseState.WAIT_SELLER_CONFIRM_GOODS:
                    await self._take_back(case)
                case CaseState.WAIT_SELLER_SEND_GOODS:
                    await self._replace(case)
                case CaseState.WAIT_SELLER_RETURN_GOODS:
                    await self._give_back(case)
                case _:
                    await self._stage.wait(50)

    async def _send_back(self, case: RefundCase) -> None:
        await self._stage.wait(self._chance.uniform(2, 100))
        if self._is(0.9):
            freight = 1_200 if case.why.is_sellers_fault else 0
            sending = ReturnShipment("sandbox", f"RT{case.case_id}", freight)
            await self._do("sent back", aftersale.send_back, self._buyer, case.case_id, sending)
        else:
            await self._stage.wait(170)

    async def _take_back(self, case: RefundCase) -> None:
        await self._stage.wait(44 + self._chance.uniform(1, 60))
        if self._is(0.7):
            await self._do("took back", aftersale.confirm_return, self._seller, case.case_id)
        elif self._is(0.25):
            await self._do(
                "refused", aftersale.refuse_refund, self._seller, case.case_id, "Another thing was in the box."
            )
        else:
            await self._stage.wait(240)

    async def _give_back(self, case: RefundCase) -> None:
        """The shop sends back what it did not pay for, mostly; the buyer says that it has it, or nothing."""
        await self._stage.wait(self._chance.uniform(5, 100))
        if self._is(0.7):
            sending = ReturnShipment("sandbox", f"GB{case.case_id}")
            await self._do("gave back", aftersale.send_replacement, self._seller, case.case_id, sending)
            await self._stage.wait(60)
            if self._is(0.5):
                await self._do("has it again", aftersale.confirm_replacement, self._buyer, case.case_id)
        else:
            await self._stage.wait(180)

    async def _replace(self, case: RefundCase) -> None:
        if self._is(0.85):
            sending = ReturnShipment("sandbox", f"RP{case.case_id}")
            await self._do("replaced", aftersale.send_replacement, self._seller, case.case_id, sending)
            await self._stage.wait(60)
            if self._is(0.6):
                await self._do("got the other", aftersale.confirm_replacement, self._buyer, case.case_id)
        await self._stage.wait(60)

    async def _after_refusal(self, case: RefundCase) -> None:
        await self._stage.wait(self._chance.uniform(1, 40))
        if self._is(0.2):
            asked = (
                RefundRequest("REFUND", "agreed", max(1, case.amount // 2))
                if case.amount > 1 and not case.is_returned
                else None
            )
            if asked:
                await self._do("asked for less", aftersale.change_refund, self._buyer, case.case_id, asked)
                await self._stage.wait(20)
                await self._do("agreed", aftersale.agree_to_refund, self._seller, case.case_id)
                return
        if self._is(0.3):
            await self._stage.wait(180)
            return
        await self._do("called the platform", aftersale.call_platform, self._buyer, case.case_id)
        await self._dispute(case.case_id)

    async def _dispute(self, case_id: int) -> None:
        for actor in (self._buyer, self._seller):
            if self._is(0.5):
                await self._stage.attempt(
                    "handed in",
                    lambda who=actor: aftersale.add_evidence(  # type: ignore[misc]
                        self._stage.db, self._stage.adapters.objects, who, case_id, b"%PDF-1.4 what I have", "as it is"
                    ),
                )
        await self._stage.wait(76 + self._chance.uniform(0, 40))
        outcome = self._chance.choice(("refund", "refund", "return_first", "reject"))
        goodwill = 500 if self._is(0.2) else 0
        decision = Decision(outcome, "Decided by what both sides have handed in.", goodwill=goodwill)
        decided = await self._decide(case_id, decision)
        if decided and self._is(0.25):
            await self._stage.wait(self._chance.uniform(1, 60))
            await self._appeal(case_id, self._buyer if outcome == "reject" else self._seller)

    async def _decide(self, case_id: int, decision: Decision) -> bool:
        version = await self._dispute_version(case_id, HelpStatus.IN)
        if not version:
            return False
        decided = await self._stage.attempt(
            "decided", lambda: aftersale.decide_dispute(self._stage.db, self._staff[0], case_id, version, decision)
        )
        return decided is not None

    async def _appeal(self, case_id: int, actor: Actor) -> None:
        async def act() -> None:
            async with self._stage.db.begin(bucket_of(case_id)) as tx:
                await aftersale.appeal_decision(tx, actor, case_id, "There is a film of the unpacking.")

        await self._stage.attempt("appealed", act)
        await self._stage.wait(self._chance.uniform(2, 44))
        amount = 300 if self._is(0.5) else 0
        if not await self._decide_appeal(case_id, amount) and amount:
            await self._decide_appeal(case_id, 0)

    async def _decide_appeal(self, case_id: int, amount: int) -> bool:
        """Make good so much, or dismiss; False if there is not so much to be made good."""
        version = await self._dispute_version(case_id, HelpStatus.APPEAL)

        async def act() -> bool:
            words = "Looked at once more by someone else."
            await aftersale.decide_appeal(self._stage.db, self._staff[1], case_id, version, amount, words)
            return True

        return bool(version and await self._stage.attempt("appeal decided", act))

    async def _dispute_version(self, case_id: int, status: HelpStatus) -> int:
        async with self._stage.db.read() as tx:
            dispute = (await aftersale.get_case(tx, self._staff[0], case_id)).dispute
        return dispute.version if dispute is not None and dispute.cs_status == status else 0

    async def _ask(self, ask: RefundRequest) -> int:
        async def act() -> int:
            async with self._stage.db.begin(bucket_of(self._order_id)) as tx:
                lines = [line for line in await order.lines_of(tx, self._order_id) if line.left]
                line_id = self._chance.choice(lines).line_id if lines else 0
                return await aftersale.open_refund(
                    tx, self._buyer, self._order_id, line_id, ask, f"{ask.reason}-{self._chance.random()}"
                )

        return await self._stage.attempt("asked", act) or 0

    async def _do(self, name: str, action: CaseActionFn, actor: Actor, case_id: int, *more: object) -> None:
        version = (await self._see(case_id)).version

        async def act() -> None:
            async with self._stage.db.begin(bucket_of(case_id)) as tx:
                await action(tx, actor, case_id, version, *more)

        await self._stage.attempt(name, act)

    async def _see(self, case_id: int) -> RefundCase:
        async with self._stage.db.read() as tx:
            return (await aftersale.get_case(tx, self._staff[0], case_id)).case

    async def look_back(self) -> None:
        """Say how it was, once it is over; and now and then find a fault later."""
        await self._stage.wait(self._chance.uniform(10, 200))
        if self._is(0.5):
            await self._stage.attempt("rated the buyer", self._rate_buyer)
        if self._is(0.6):
            await self._say_how_it_was()
        if self._is(0.04):
            await self._stage.wait(self._chance.uniform(1, 48))
            await self.complain()

    async def _rate_buyer(self) -> None:
        async with self._stage.db.begin(bucket_of(self._order_id)) as tx:
            result = self._chance.choices(("good", "neutral", "bad"), (18, 1, 1))[0]
            await review.rate_buyer(
                tx, self._seller, self._order_id, result, "" if result == "good" else "Never answered."
            )

    async def _say_how_it_was(self) -> None:
        result = self._chance.choices(("good", "neutral", "bad"), (17, 2, 1))[0]
        low = {"good": 4, "neutral": 3, "bad": 1}[result]
        scores = review.Scores(*(self._chance.randint(low, min(5, low + 1)) for _ in range(3)))
        async with self._stage.db.read() as tx:
            lines = [line for line in await order.lines_of(tx, self._order_id) if line.left]
        said = [
            review.LineReview(line.line_id, result, self._chance.choice(PRAISE if result == "good" else BLAME))
            for line in lines
        ]
        if not said:
            return
        written = await self._stage.attempt(
            f"reviewed {result}",
            lambda: review.write_reviews(
                self._stage.db, self._stage.adapters.objects, self._buyer, self._order_id, said, scores, "look-back",
                is_anonymous=self._is(0.3),
            ),
        )  # fmt: skip
        if written:
            await self._talk(written[0], result)

    async def _talk(self, review_id: int, result: str) -> None:
        await self._stage.wait(self._chance.uniform(2, 72))

        async def answer() -> None:
            async with self._stage.db.begin(bucket_of(review_id)) as tx:
                await review.reply(tx, self._seller, review_id, "Thank you. We look into it. 感谢您的反馈。")

        if self._is(0.3 if result == "good" else 0.7):
            await self._stage.attempt("replied", answer)
        elif self._is(0.15):
            await self._stage.attempt(
                "followed up",
                lambda: review.follow_up(
                    self._stage.db,
                    self._stage.adapters.objects,
                    self._buyer,
                    review_id,
                    "After a week: still fine. 用了一周，还不错。",
                ),
            )
        if result != "good" and self._is(0.2):

            async def regret() -> None:
                async with self._stage.db.begin(bucket_of(review_id)) as tx:
                    await review.make_good(tx, self._buyer, review_id, "They made up for it.")

            await self._stage.attempt("made good", regret)
