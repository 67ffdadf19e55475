"""The foundation: money, ids, clock, transactions, refusals, actors, request keys, facts, paging, logs.

Owns the outbox and inbox of facts, request keys, attempt limits and the moved clock. Calls nothing of
Datong. It has no word of commerce in it; its parts are imported by their own names.
"""
