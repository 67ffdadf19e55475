"""Contents that were taken for a paid line come into its order, or go back where the line is not there any more."""

from datong.commerce.catalog import LineState, MovedBy
from datong.commerce.fulfilment import list_handovers, record_digital, return_items
from datong.commerce.order.hand_over import SHIPPABLE, as_handed, mark_handed, method_of
from datong.commerce.order.transitions import lines_of, lock_order
from datong.facts.fulfilment import DigitalGoodsTaken
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


async def deliver_digital(tx: Tx, fact: DigitalGoodsTaken) -> None:
    """Record contents with their line, once; told twice, nothing happens the second time.

    A line that was refunded, or served otherwise meanwhile, gives them back.
    """
    order = await lock_order(tx, fact.order_id)
    lines = await lines_of(tx, fact.order_id)
    line = next(each for each in lines if each.line_id == fact.line_id)
    port = method_of(tx, line.method)
    if order.state in SHIPPABLE and port.allows(line.state, LineState.RECEIVED, MovedBy.PAYMENT):
        what = as_handed(order, tx.new_id(bucket_of(fact.order_id)), [line])
        if await record_digital(tx, what, fact.item_ids):
            await mark_handed(tx, order, line.method, what, is_received=True)
        return
    given = {str(each) for each in fact.item_ids}
    handed = await list_handovers(tx, fact.order_id)
    kept = {item_id for each in handed for item_id in each.words.get("item_ids", [])}
    if not given <= kept:
        return_items(tx, fact)
