"""Writes the data sets beside this file from those that scikit-learn ships: python examples/data/write.py

scikit-learn is needed to run this and for nothing else: pip install scikit-learn
A row is a sample. Numbers are written with the digits that the original data were printed with; the diabetes
features are the original ones (scaled=False), not the standardised ones. Class targets are text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sklearn import datasets

HERE = Path(__file__).parent


def plain(value: float) -> str:
    """The shortest decimal that reads as `value`, without exponent, and without `.0` behind integers.

    >>> plain(5.0), plain(0.1), plain(6e-05)
    ('5', '0.1', '0.00006')
    """
    if float(value).is_integer():
        return str(int(value))
    text = repr(float(value))
    if "e" not in text:
        return text
    digits, exponent = text.split("e")
    places = len(digits.partition(".")[2]) - int(exponent)
    return f"{value:.{places}f}"


def name(text: object) -> str:
    """A column's name without spaces and units: `sepal length (cm)` becomes `sepal_length`."""
    return str(text).partition(" (")[0].replace(" ", "_")


Rows = Iterable[Sequence[float]]


def write(file: str, features: Sequence[str], target: str, rows: Rows, targets: Iterable[str]) -> None:
    """Write one data set: a header, then a row a sample, the target last."""
    with (HERE / file).open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow([*map(name, features), target])
        for row, value in zip(rows, targets, strict=True):
            out.writerow([*map(plain, row), value])


def main() -> None:
    """Write all five."""
    for file, load, target in [
        ("iris.csv", datasets.load_iris, "species"),
        ("wine.csv", datasets.load_wine, "target"),
        ("breast_cancer.csv", datasets.load_breast_cancer, "target"),
    ]:
        data = load()
        write(file, data.feature_names, target, data.data, [str(data.target_names[k]) for k in data.target])
    digits = datasets.load_digits()
    write("digits.csv", digits.feature_names, "target", digits.data, [f"digit-{k}" for k in digits.target])
    diabetes = datasets.load_diabetes(scaled=False)
    write("diabetes.csv", diabetes.feature_names, "target", diabetes.data, map(plain, diabetes.target))


if __name__ == "__main__":
    main()
