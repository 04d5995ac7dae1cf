"""RunSpec: everything that determines a run, and nothing else.

Two equal specs are the same experiment and share one id. Every field is
checked on the way in, whoever sends it: a form, a URL, a command line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from tl_core import catalog
from tl_core.card import Scalar, SpecError, check_number, shown
from tl_core.fit import check_fit
from tl_core.spec_fields import FIELDS, LABELS
from tl_core.texts import say

VERSION = 2
"""Raised by every change that alters the numbers a spec produces."""
MOST_VERSIONS = 1_000_000

OWNERS = ("dataset", "backbone", "strategy")
KIND = {
    "dataset": "datasets",
    "backbone": "backbones",
    "strategy": "strategies",
}


@dataclass(frozen=True)
class RunSpec:
    """One experiment.

    `dataset`, `backbone`, `strategy` are catalog keys; the `*_params` are
    their knobs, completed with defaults. `target_labels` is None for all.

    Raises:
        SpecError: names the field, the value and what is allowed.
    """

    dataset: str = "mnist_to_optdigits"
    backbone: str = "convnet"
    strategy: str = "mmd"
    dataset_params: Mapping[str, Scalar] = field(default_factory=dict)
    backbone_params: Mapping[str, Scalar] = field(default_factory=dict)
    strategy_params: Mapping[str, Scalar] = field(default_factory=dict)
    target_labels: int | None = None
    pretrain_steps: int = 300
    steps: int = 300
    batch_size: int = 64
    lr: float = 1e-3
    weight_decay: float = 0.0
    dropout: float = 0.0
    label_smoothing: float = 0.0
    augmentation: str = "none"
    selection: str = "last"
    seed: int = 0
    version: int = VERSION

    def __post_init__(self) -> None:
        for name, knob in FIELDS.items():
            self._set(name, knob.check(name, getattr(self, name)))
        if self.target_labels is not None:
            labels = LABELS.check("target_labels", self.target_labels)
            self._set("target_labels", labels)
        version = check_number("version", self.version, int, 1, MOST_VERSIONS)
        self._set("version", version)
        for owner in OWNERS:
            entry = catalog.entry(KIND[owner], str(getattr(self, owner)))
            given = getattr(self, f"{owner}_params")
            if not isinstance(given, Mapping):
                raise SpecError(
                    say(
                        "{owner}_params must map names to values.", owner=owner
                    )
                )
            self._set(f"{owner}_params", entry.settings(given))
        check_fit(
            self.dataset, self.backbone, self.strategy, self.backbone_params
        )

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash(self.id)

    @cached_property
    def id(self) -> str:
        """16 hexadecimal digits of the sha256 of the sorted JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """The spec as one line of JSON with sorted keys."""
        return json.dumps(self.to_dict(), sort_keys=True)

    def to_dict(self) -> dict[str, Any]:
        """The spec as plain data."""
        return asdict(self)

    def with_seed(self, seed: int) -> RunSpec:
        """The same experiment with another seed."""
        return replace(self, seed=seed)

    def changes(self) -> dict[str, Scalar]:
        """What differs from the defaults, in the flat names of a URL.

        `spec_from_settings(spec.changes())` gives the spec back.
        """
        flat: dict[str, Scalar] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name.endswith("_params"):
                owner = item.name.removesuffix("_params")
                flat |= self._changed_params(owner, value)
            elif value != item.default and item.name != "version":
                flat[item.name] = value
        return flat

    def _changed_params(
        self, owner: str, values: Mapping[str, Scalar]
    ) -> dict[str, Scalar]:
        knobs = catalog.entry(KIND[owner], getattr(self, owner)).knobs
        return {
            f"{owner}.{name}": value
            for name, value in values.items()
            if value != knobs[name].default
        }


def spec_from_dict(data: Mapping[str, Any]) -> RunSpec:
    """Read what `to_dict` wrote.

    Raises:
        SpecError: a field is unknown, missing its type, or out of range.
    """
    if not isinstance(data, Mapping):
        raise SpecError(
            say("A run is a set of fields, not {shown}.", shown=shown(data))
        )
    known = {item.name for item in fields(RunSpec)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise SpecError(
            say(
                "A run has no field {shown}. Its fields: {known}.",
                shown=shown(unknown[0]),
                known=", ".join(sorted(known)),
            )
        )
    return RunSpec(**data)


def spec_from_settings(settings: Mapping[str, object]) -> RunSpec:
    """Read flat settings: `steps=300`, `strategy.weight=1`, `seed=2`.

    Raises:
        SpecError: an unknown name or a value out of range.
    """
    plain: dict[str, Any] = {}
    for name, value in settings.items():
        owner, dot, knob = name.partition(".")
        if dot and owner in OWNERS:
            plain.setdefault(f"{owner}_params", {})[knob] = value
        elif dot or name.endswith("_params") or name == "version":
            raise SpecError(
                say(
                    "There is no setting {shown}. Settings of the dataset, "
                    "the backbone or the strategy are written like "
                    "strategy.weight=1.",
                    shown=shown(name),
                )
            )
        else:
            plain[name] = value
    labels = plain.get("target_labels")
    if isinstance(labels, str) and labels.lower() in ("", "all", "none"):
        del plain["target_labels"]
    return spec_from_dict(plain)
