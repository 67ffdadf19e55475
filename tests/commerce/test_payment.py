"""Payment: gateways that fail, call back late, twice, or not at all; refunds and payouts that survive it."""

import httpx
import msgspec
import pytest

from datong.adapters.payment import BadSignature, ChargeOrder, GatewayDown, PayoutOrder, RefundOrder
from datong.adapters.payment.stripe import StripeGateway
from datong.adapters.signatures import is_signed, sign
from datong.commerce import order, payment
from datong.commerce.payment.payouts import schedule_payouts
from datong.commerce.payment.refunds import send_refunds
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from tests.make import Town


async def test_a_gateway_that_fails_or_loses_its_answer_charges_once(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    town.gateway.faults.fail_before = 1
    with pytest.raises(GatewayDown):
        await shopper.open_charge(purchase_id)
    town.gateway.faults.lose_answer = 1
    with pytest.raises(GatewayDown):
        await shopper.open_charge(purchase_id)
    assert await shopper.open_charge(purchase_id) == await shopper.open_charge(purchase_id)
    await shopper.pay(purchase_id)
    await town.check_books()


async def test_a_lost_call_back_is_asked_after(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    await town.gateway.settle(await shopper.open_charge(purchase_id), "lost")
    await town.settle_down()
    assert (await shopper.orders(purchase_id))[0].state == "WAIT_BUYER_PAY"
    town.move_clock(minutes=11)
    await town.settle_down()
    assert (await shopper.orders(purchase_id))[0].state == "WAIT_SELLER_SEND_GOODS"
    await town.check_books()


async def test_a_declined_charge_may_be_paid_again(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    declined = await town.gateway.settle(await shopper.open_charge(purchase_id), "declined")
    assert declined
    event = await town.gateway.find_charge(declined.charge_id, declined.ref)
    assert event
    assert event.kind == "charge_failed"
    await payment.take_payment(town.db, event)
    await shopper.pay(purchase_id)
    assert (await shopper.orders(purchase_id))[0].state == "WAIT_SELLER_SEND_GOODS"
    await town.check_books()


async def test_money_that_comes_after_the_close_goes_back_by_itself(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    ref = await shopper.open_charge(purchase_id)
    town.move_clock(hours=25)
    await order.run_due_orders(town.db)
    charge = await town.gateway.settle(ref, "lost")
    assert charge
    event = await town.gateway.find_charge(charge.charge_id, ref)
    assert event
    await payment.take_payment(town.db, event)
    await town.settle_down()
    (closed,) = await shopper.orders(purchase_id)
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, closed.order_id)
    assert (closed.state, refund.state, refund.amount) == ("TRADE_CLOSED_UNPAID", "SUCCEEDED", 5_000)
    await town.check_books()


async def test_a_refund_survives_failures_and_is_sent_once(town: Town) -> None:
    shopper = await town.shopper()
    order_id = await shopper.buy(await (await town.shop()).product(5_000))
    async with town.db.begin(shopper.actor.bucket) as tx:
        await order.cancel_paid_order(tx, shopper.actor, order_id, "not_wanted")
    town.gateway.faults.fail_before, town.gateway.faults.lose_answer = 1, 1
    town.gateway.faults.decline_refunds = 1
    states = []
    for _ in range(5):
        await send_refunds(town.db, town.adapters.gateways)
        await town.check_books()
        async with town.db.read() as tx:
            states += [each.state for each in await payment.list_refunds(tx, order_id)]
        town.move_clock(days=2)
    assert states[-1] == "SUCCEEDED"
    assert "DECLINED" in states


async def test_a_payment_of_another_amount_is_refused(town: Town) -> None:
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    charge = await town.gateway.settle(await shopper.open_charge(purchase_id), "lost")
    assert charge
    event = await town.gateway.find_charge(charge.charge_id, charge.ref)
    assert event
    wrong = type(event)("other", event.kind, event.subject_id, event.provider_ref, Money(1, "CNY"))
    with pytest.raises(Exception, match="amount_differs"):
        await payment.take_payment(town.db, wrong)
    assert await payment.take_payment(town.db, event)
    await town.check_books()


async def test_balances_are_paid_out_by_schedule_once_a_day(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(30_000)
    for _ in range(2):
        order_id = await shopper.buy(goods)
        await shop.ship(order_id)
        await shopper.confirm(order_id)
        await town.settle_down()
        assert await shop.balance() == 0 or await schedule_payouts(town.db) == 0
    assert await shop.balance() == 30_000, "the second one waits for the next day"
    town.move_clock(hours=25)
    await town.settle_down()
    assert await shop.balance() == 0
    async with town.db.read() as tx:
        payouts = (await payment.list_payouts(tx, shop.owner, shop.id)).items
        statement = (await payment.list_statement(tx, shop.owner, shop.id)).items
    assert [(each.amount, each.state) for each in payouts] == [(30_000, "PAID")] * 2
    assert sum(line.amount for line in statement) == 0
    await town.check_books()


async def test_the_same_payout_key_pays_once(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(30_000))
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()
    made = set()
    for _ in range(3):
        async with town.db.begin(bucket_of(shop.id)) as tx:
            made.add(await payment.request_payout(tx, shop.owner, shop.id, Money(10_000, "CNY"), "key"))
    assert len(made) == 1
    assert await shop.balance() == 20_000


def test_signatures_are_checked_and_age() -> None:
    signature = sign("secret", b"body")
    assert is_signed("secret", b"body", signature)
    assert not is_signed("secret", b"bodY", signature)
    assert not is_signed("other", b"body", signature)
    assert not is_signed("secret", b"body", sign("secret", b"body", 1))
    assert not is_signed("", b"body", sign("", b"body"))
    assert not is_signed("secret", b"body", "nonsense")


async def test_stripe_is_asked_in_its_own_words_and_its_webhooks_are_read() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/v1/checkout/sessions":
            return httpx.Response(200, json={"id": "cs_1", "url": "https://pay.example/cs_1"})
        if request.method == "GET":
            paid = {"id": "cs_1", "client_reference_id": "42", "payment_status": "paid", "payment_intent": "pi_1"}
            return httpx.Response(200, json=paid | {"amount_total": 500, "currency": "cny", "status": "complete"})
        if asked[-1].headers["idempotency-key"] == "refund-8":
            return httpx.Response(402, json={"error": {}})
        return httpx.Response(200, json={"id": "re_1", "status": "succeeded"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        gateway = StripeGateway("sk_test", "whsec", client)
        amount = Money(500, "CNY")
        opened = await gateway.open_charge(ChargeOrder(42, amount, "Datong 1", "https://x/r", "https://x/c"))
        assert opened.pay_url == "https://pay.example/cs_1"
        assert asked[0].headers["idempotency-key"] == "charge-42"
        assert b"unit_amount%5D=500" in asked[0].content
        found = await gateway.find_charge(42, "cs_1")
        assert found
        assert (found.kind, found.amount) == ("charge_succeeded", amount)
        assert (await gateway.refund(RefundOrder(7, "cs_1", amount))).outcome == "succeeded"
        assert (await gateway.refund(RefundOrder(8, "cs_1", amount))).outcome == "declined"
        session = '{"id":"cs_1","client_reference_id":"42","payment_status":"paid","amount_total":500,"currency":"cny"}'
        body = f'{{"id":"evt_1","type":"checkout.session.completed","data":{{"object":{session}}}}}'.encode()
        event = gateway.read_event({"stripe-signature": sign("whsec", body)}, body)
        assert (event.event_id, event.subject_id, event.amount) == ("evt_1", 42, amount)
        with pytest.raises(BadSignature):
            gateway.read_event({"stripe-signature": sign("other", body)}, body)


async def test_a_stripe_that_is_down_decides_nothing() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(GatewayDown):
            await StripeGateway("k", "s", client).open_charge(ChargeOrder(1, Money(1, "CNY"), "t", "r", "c"))


@pytest.mark.parametrize(
    ("status", "outcome", "word"),
    [
        ("succeeded", "succeeded", "refund_succeeded"), ("failed", "declined", "refund_failed"),
        ("canceled", "declined", "refund_failed"), ("pending", "pending", "other"),
        ("requires_action", "pending", "other"), ("a state of next year", "pending", "other"),
    ],
)  # fmt: skip
async def test_every_state_of_a_refund_at_stripe_means_one_thing(status: str, outcome: str, word: str) -> None:
    refund = {"id": "re_1", "status": status, "amount": 5, "currency": "cny", "metadata": {"refund_id": "7"}}

    def answer(request: httpx.Request) -> httpx.Response:
        is_refund = request.url.path == "/v1/refunds"
        return httpx.Response(200, json=refund if is_refund else {"id": "cs_1", "payment_intent": "pi_1"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        gateway = StripeGateway("k", "whsec", client)
        assert (await gateway.refund(RefundOrder(7, "cs_1", Money(5, "CNY")))).outcome == outcome
        body = msgspec.json.encode({"id": "evt", "type": "refund.updated", "data": {"object": refund}})
        assert gateway.read_event({"stripe-signature": sign("whsec", body)}, body).kind == word


@pytest.mark.parametrize("status", [201, 302, 401, 403, 409, 429, 500, 503])
async def test_an_answer_that_leaves_open_what_happened_declines_nothing(status: int) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(status, json={}))) as client:
        gateway = StripeGateway("k", "s", client)
        for act in (gateway.pay_out, gateway.find_payout):
            with pytest.raises(GatewayDown):
                await act(PayoutOrder(7, "acct", Money(5, "CNY")))
        for ask in (gateway.refund, gateway.find_refund):
            with pytest.raises(GatewayDown):
                await ask(RefundOrder(7, "cs_1", Money(5, "CNY")))


@pytest.mark.parametrize(
    "body",
    [
        b"not json", b"[]", b"{}", b'{"id":"e","type":"x"}', b'{"id":"e","type":"x","data":null}',
        b'{"id":"e","type":"checkout.session.completed","data":{"object":{"amount_total":null}}}',
        (
            b'{"id":"e","type":"checkout.session.completed","data":{"object":{"amount_total":5,"currency":"cny",'
            b'"client_reference_id":"a stranger\'s","payment_status":"paid"}}}'
        ),
        b'{"id":"e","type":"refund.updated","data":{"object":{"metadata":{"refund_id":"x"},"status":"failed"}}}',
        b'{"id":"e","type":"refund.updated","data":{"object":{"metadata":null,"status":"failed"}}}',
    ],
)  # fmt: skip
async def test_a_signed_event_that_is_nothing_we_know_is_taken_and_changes_nothing(body: bytes) -> None:
    async with httpx.AsyncClient() as client:
        event = StripeGateway("k", "whsec", client).read_event({"stripe-signature": sign("whsec", body)}, body)
    assert (event.kind, event.subject_id) == ("other", 0)


async def test_an_asynchronous_payment_that_failed_is_a_charge_that_failed() -> None:
    session = {"id": "cs", "client_reference_id": "42", "payment_status": "unpaid", "status": "complete"}
    data = {"object": session | {"amount_total": 5, "currency": "cny"}}
    async with httpx.AsyncClient() as client:
        gateway = StripeGateway("k", "whsec", client)
        for kind, word in (("completed", "other"), ("async_payment_failed", "charge_failed")):
            body = msgspec.json.encode({"id": "e", "type": f"checkout.session.{kind}", "data": data})
            assert gateway.read_event({"stripe-signature": sign("whsec", body)}, body).kind == word
