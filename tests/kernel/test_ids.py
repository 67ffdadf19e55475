"""Ids: unique, growing, and they say where their row lives."""

from collections import Counter

import pytest

from datong.kernel.ids import BUCKETS, MAX_ID, Ids, bucket_for, bucket_of, is_id, item_bucket


def test_ids_of_one_bucket_only_grow_and_keep_their_bucket() -> None:
    ids = Ids(7)
    made = [ids.new(1234) for _ in range(5000)]
    assert made == sorted(set(made))
    assert {bucket_of(each) for each in made} == {1234}
    assert all(is_id(each) for each in made)


def test_two_nodes_never_make_the_same_id() -> None:
    one, two = Ids(0), Ids(255)
    made = [each.new(bucket) for each in (one, two) for bucket in range(BUCKETS)]
    assert len(set(made)) == len(made)


def test_stock_of_one_shop_is_spread_over_buckets() -> None:
    ids = Ids(1)
    used = Counter(item_bucket(ids.new(99)) for _ in range(BUCKETS))
    assert len(used) > BUCKETS // 3
    assert max(used.values()) < 20


def test_names_spread_and_stay() -> None:
    assert bucket_for("willow@demo") == bucket_for("willow@demo")
    assert len({bucket_for(str(number)) for number in range(5000)}) > 2000


def test_what_is_no_id() -> None:
    assert not is_id(0)
    assert not is_id(-1)
    assert not is_id(MAX_ID + 1)
    with pytest.raises(ValueError, match="a node is"):
        Ids(256)
