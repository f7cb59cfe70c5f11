"""What the simulation benchmarks share: rates with their intervals, the options of a run, and results in words."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from cx_nlp.journey.scores.scorecard import wilson

World = TypeVar("World")
HEADING = ("world", "seconds a run")


def rate(hits: int, n: int, *, digits: int = 4) -> dict[str, float | int]:
    """Share of `hits` in `n` with its 95 % Wilson interval; nought, from nought to one, where `n` is 0.

    >>> rate(8, 10, digits=3)
    {'share': 0.8, 'low': 0.49, 'high': 0.943, 'n': 10}
    """
    low, high = (round(float(limit), digits) for limit in wilson(hits, n))
    return {"share": round(hits / max(n, 1), digits), "low": low, "high": high, "n": n}


def line(name: str, value: object, *, decimals: int = 1) -> str:
    """A rate in per cent with these decimals, or any other value as it is."""
    if isinstance(value, dict) and "share" in value:
        share, low, high = (f"{value[key]:.{decimals}%}" for key in ("share", "low", "high"))
        value = f"{share} ({low} to {high}, n = {value['n']})"
    return f"  {name}: {value}"


def told(result: Mapping[str, Any], *, decimals: int = 1) -> str:
    """The results of one world, given as its name or its fields: a heading, then a line for each."""
    world = result["world"]
    name = world["name"] if isinstance(world, dict) else world
    rest = (line(key, value, decimals=decimals) for key, value in result.items() if key not in HEADING)
    return "\n".join([f"{name} ({result['seconds a run']} s a run)", *rest])


def options(doc: str | None, seeds: int, worlds: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The first line of `doc`, `--seeds`, `--world` where names of worlds are given, and `--json`."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=seeds)
    if worlds:
        parser.add_argument("--world", choices=worlds, help="simulate only this one")
    parser.add_argument("--json", action="store_true")
    return parser


def print_rates(
    results: Sequence[Mapping[str, Any]],
    *,
    as_json: bool,
    words: Callable[[Mapping[str, Any]], str] = told,
) -> None:
    """The results as JSON, or each in words."""
    print(json.dumps(results, indent=1) if as_json else "\n".join(map(words, results)))


def simulate(
    doc: str | None,
    worlds: Iterable[World],
    measured: Callable[[World, int], Mapping[str, Any]],
    *,
    seeds: int,
    words: Callable[[Mapping[str, Any]], str] = told,
) -> int:
    """Measure all worlds with as many seeds as the command line says, by default `seeds`; print what is found."""
    given = options(doc, seeds).parse_args()
    print_rates([measured(world, given.seeds) for world in worlds], as_json=given.json, words=words)
    return 0
