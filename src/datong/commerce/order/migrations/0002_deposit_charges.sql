-- Charges of deposits are told apart from those of purchases by their kind; `payment` has given every charge a subject.
update charge c set subject_kind = 'deposit'
from deposit d where d.bkt = c.bkt and d.deposit_id = c.subject_id and c.subject_kind = 'purchase';
