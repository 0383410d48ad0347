"""The file of a campaign: all of a batch or nothing, no number twice, no other file."""

from __future__ import annotations

import sqlite3

import pytest

from symbolic_cp.campaign.store import Heading, Store
from symbolic_cp.campaign.trials import Batch, Odd
from symbolic_cp.exact.errors import InputError


def batch(first, count, *odd):
    """A batch whose instances hold but for the odd ones."""
    counts = {"holds": count - len(odd)}
    for one in odd:
        counts[one.verdict] = counts.get(one.verdict, 0) + 1
    return Batch(first, count, counts, {"L1 != 0": 1}, odd, 0.1)


HEADING = Heading("lem-1", "f" * 64, "for all ...", 1, None, "0.1.0")


def test_gaps_and_tally():
    with Store() as store:
        store.add(batch(10, 5, Odd(12, "violated", {"A": [[1]]})))
        store.add(batch(20, 10))
        assert list(store.gaps(25)) == [(0, 10), (15, 5)]
        assert list(store.gaps(40)) == [(0, 10), (15, 5), (30, 10)]
        assert list(store.gaps(12)) == [(0, 10)]
        counts, cases = store.tally()
        assert counts == {"holds": 14, "tried": 0, "violated": 1, "undecided": 0, "no instance": 0, "error": 0}
        assert cases == {"L1 != 0": 2}
        assert store.odd("violated")[0].values == {"A": [[1]]}


@pytest.mark.parametrize(("first", "count"), [(10, 5), (8, 3), (14, 1), (0, 40), (12, 1)])
def test_no_number_is_kept_twice(first, count):
    with Store() as store:
        store.add(batch(10, 5))
        with pytest.raises(InputError, match="are kept already"):
            store.add(batch(first, count))
        assert store.ranges() == [(10, 5)]


def test_a_batch_is_kept_whole_or_not_at_all():
    with Store() as store:
        store.add(batch(0, 5, Odd(3, "violated")))
        with pytest.raises(InputError):  # an odd instance that is there already: the batch before it goes as well
            store.add(batch(5, 5, Odd(6, "violated"), Odd(3, "violated")))
        assert store.ranges() == [(0, 5)]
        assert [one.number for one in store.odd()] == [3]


def test_what_was_kept_is_there_again(tmp_path):
    file = tmp_path / "store.db"
    with Store(file) as store:
        store.entitle(HEADING)
        store.add(batch(0, 5, Odd(3, "violated", {"n": 2}, "said")))
        store.keep_shrunk(3, {"n": 1})
        assert store.to_shrink("violated", 5) == []
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]
    with Store(file) as store:
        assert store.heading() == HEADING
        assert store.numbered(3).shrunk == {"n": 1}
        assert store.numbered(2) is None


def test_one_campaign_at_a_time(tmp_path):
    with Store(tmp_path / "store.db"), pytest.raises(InputError, match="another campaign is writing to this file"):
        Store(tmp_path / "store.db")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"statement": "lem-2"}, "of the statement lem-1, not lem-2"),
        ({"seed": 2}, "with the seed 1, not 2"),
        ({"book": "/b"}, "of the book None, not /b"),
        ({"fingerprint": "0"}, "the statement has changed"),
        ({"version": "9"}, "this program, then 0.1.0, has changed"),
    ],
)
def test_another_campaign_is_refused(change, said):
    from dataclasses import replace

    with Store() as store:
        store.entitle(HEADING)
        store.entitle(HEADING)
        with pytest.raises(InputError, match=said):
            store.entitle(replace(HEADING, **change))


def test_other_files_are_refused_and_left_as_they_are(tmp_path):
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database at all, but some text that is long enough to have a header\n" * 20)
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    before = text.read_bytes(), other.read_bytes()
    with pytest.raises(InputError, match="is no store of a campaign"):
        Store(text)
    with pytest.raises(InputError, match="a SQLite file of something else"):
        Store(other)
    with pytest.raises(InputError, match="unable to open database file"):
        Store(tmp_path / "no" / "such" / "folder.db")
    assert before == (text.read_bytes(), other.read_bytes())
