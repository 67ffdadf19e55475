-- When both sides were told that a decision is late, and the states of goods that a shop owes back to the buyer.
-- Processes of the release before know neither; a case in one of these states is moved by those of this one.
alter table dispute add column escalated_at timestamptz;

alter table refund_case drop constraint refund_case_state;
alter table refund_case add constraint refund_case_state check (state in ('WAIT_SELLER_AGREE', 'SELLER_REFUSE_BUYER',
    'WAIT_BUYER_RETURN_GOODS', 'WAIT_SELLER_CONFIRM_GOODS', 'WAIT_SELLER_SEND_GOODS', 'WAIT_BUYER_CONFIRM_GOODS',
    'WAIT_SELLER_RETURN_GOODS', 'WAIT_BUYER_RECEIVE_GOODS', 'SUCCESS', 'CLOSED')) not valid;
