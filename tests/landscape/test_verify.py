from __future__ import annotations

import json
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import eye, matrix
from symbolic_cp.exact.read import read_point
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import deep_point
from symbolic_cp.landscape.generate import draw_point, draw_problem
from symbolic_cp.landscape.verify import verify
from symbolic_cp.networks.linear import LinearNetwork

ROWS = [[3, 1, 1, 0, 0, 0, 0, 0], [1, -2, 0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 4, 2, 1, 0], [0, 0, 0, 0, 1, -1, -1, 4]]
KEYS = {"critical", "gradient_zero", "loss", "class", "order", "ranks", "pattern", "witness", "seconds"}


def test_the_document_of_a_saddle_can_be_checked_from_the_document_alone():
    data = DataSpectrum(eye(2), [[2, 0], [0, 1]])
    point = deep_point(data, [1], (0, 1, 0))
    document = json.loads(json.dumps(verify(data.X, data.Y, point.weights).to_json()))
    assert set(document) == KEYS
    assert document["critical"] is True
    assert document["gradient_zero"] == [True, True]
    assert (document["loss"], document["class"], document["order"]) == ("2", "strict-saddle", "non-optimal")
    assert document["pattern"] == [0, 1, 0]
    assert {tuple(item["chain"]): item["rank"] for item in document["ranks"]} == {(1, 1): 1, (2, 1): 1, (2, 2): 1}
    witness = document["witness"]
    D = [matrix(rows) for rows in witness["direction"]]
    along = LinearNetwork(data.X, data.Y, point.weights).loss_along(D)
    assert 2 * along[2] == fmpq(*map(int, (witness["curvature"] + "/1").split("/")[:2])) < 0


@given(st.integers(min_value=0, max_value=2**32), st.booleans())
def test_points_survive_their_files(tmp_path_factory, seed, rational):
    """to_json, a file, read_point, verify: the same answer as for the point itself; rational and irrational."""
    rng = Random(seed)
    data = draw_problem(rng, size=3)
    point = draw_point(rng, data, [rng.randint(1, 3) for _ in range(rng.randint(1, 2))], rational=rational)
    file = tmp_path_factory.mktemp("points") / "point.json"
    file.write_text(json.dumps(point.to_json()))
    read = read_point(file)
    one, two = verify(data.X, data.Y, point.weights), verify(read.X, read.Y, read.weights)
    assert one.critical
    assert {**one.to_json(), "seconds": 0} == {**two.to_json(), "seconds": 0}


def test_a_point_over_several_fields():
    data = DataSpectrum(eye(8), ROWS)
    point = deep_point(data, [2], (0, 1, 1, 0, 0))
    document = verify(data.X, data.Y, point.weights).to_json()
    assert document["critical"] is True
    assert document["class"] == "strict-saddle"
    assert document["pattern"] == [0, 1, 1, 0, 0]
    assert document["loss"]["minus_half"] == [1, 2]
    low, high = (fmpq(*map(int, (end + "/1").split("/")[:2])) for end in document["witness"]["curvature"]["interval"])
    assert low <= high < 0


def test_a_loss_over_one_field_is_an_algebraic_number():
    data = DataSpectrum(eye(2), [[2, 1], [1, 1]])
    report = verify(data.X, data.Y, deep_point(data, [1], (1, 0, 0)).weights)
    assert report.to_json()["loss"]["minpoly"] == ["1/4", "-7/2", 1]
    assert report.kind == "global-minimum"


def test_losses_of_irrational_points_that_are_not_critical():
    data = DataSpectrum(eye(2), [[2, 1], [1, 1]])
    A1, A2 = deep_point(data, [1], (1, 0, 0)).weights
    document = verify(data.X, data.Y, [A1.scale(2), A2]).to_json()
    assert document["critical"] is False
    assert document["class"] == "not-critical"
    assert document["pattern"] is None
    # L = 1/2 ||2 W - Y||^2 with ||W||^2 = <W, Y> = sigma_1 is 1/2 ||Y||^2 = 7/2 again.
    assert document["loss"] == "7/2"
    assert document["witness"]["kind"] == "nonzero-gradient"


def test_rational_points_that_are_not_critical():
    document = verify([[1]], [[1]], [[[2]], [[1]]]).to_json()
    assert (document["critical"], document["gradient_zero"]) == (False, [False, False])
    assert document["class"] == "not-critical"
    assert document["witness"] == {"kind": "nonzero-gradient", "layer": 1, "entry": [1, 1], "value": "1"}
    assert document["loss"] == "1/2"
    assert document["order"] is None


def test_a_non_strict_saddle():
    document = verify([[1]], [[1]], [[[0]], [[0]], [[0]]]).to_json()
    assert document["class"] == "non-strict-saddle"
    witness = document["witness"]
    assert (witness["theorem"], witness["q"]) == ("T6", 1)
    assert witness["hessian"] == {"negative": 0, "by": "LDL^T", "inertia": [0, 3, 0], "L": [[], [], []], "D": []}
    assert witness["polynomial"] == [[], ["0", "0", "1"], ["0", "0", "0", "0", "1/2"]]
    assert witness["g"] == ["0", "0", "-1"]
    assert witness["change"].startswith("-")


def test_a_global_minimum():
    data = DataSpectrum(eye(2), [[2, 0], [0, 1]])
    document = verify(data.X, data.Y, deep_point(data, [1], (1, 0, 0)).weights).to_json()
    assert document["witness"] == {
        "kind": "lower-bound",
        "theorem": "T10",
        "rank_limit": 1,
        "captured": 1,
        "threshold": "4",
        "bound": "1/2",
        "least_squares": [[2, 0], [0, 1]],
        "separation": {
            "captured": {"L": [[], []], "D": []},
            "discarded": {"L": [[1, 0], [0, 1]], "D": ["4", "3"]},
        },
    }


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([[[1]]], "weights: 1 layers; a linear network here has at least two"),
        ([[[1, 2]], [[1]]], r"weights\[1\]: A1 is 1 x 2 and X is 1 x 1"),
        ([[["1/0"]], [[1]]], r"weights\[1\]\[1\]\[1\]: the denominator of 1/0 is zero"),
    ],
)
def test_points_that_are_none(weights, message):
    with pytest.raises(InputError, match=message):
        verify([[1]], [[1]], weights)


def test_irrational_layers_beside_wrong_ones():
    data = DataSpectrum(eye(2), [[2, 1], [1, 1]])
    A1, A2 = deep_point(data, [1], (1, 0, 0)).weights
    with pytest.raises(InputError, match=r"weights\[2\]: A2 is 2 x 2 and A1 is 1 x 2"):
        verify(data.X, data.Y, [A1, eye(2)])
    with pytest.raises(InputError, match=r"weights\[1\]\[1\]: row 1 is no list but of type str"):
        verify(data.X, data.Y, [["x"], A2])
    assert verify(data.X, data.Y, [fmpq_mat(1, 2), A2]).critical is False
