"""The map of what the lab teaches: a row an idea, with where to see it.

A row names the page and the view that show it, and the claims that test it;
`syllabus_runs` says which runs are about it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tl_core.texts import say

CHAPTERS = {
    "1": say("Domains and tasks"),
    "2": say("What layers learn"),
    "3": say("Fine-tuning"),
    "4": say("Few parameters"),
    "5": say("Forgetting and negative transfer"),
    "6": say("Domain adaptation"),
    "7": say("The strategy matrix"),
}
_ALIGNED = ("optdigits", "signs", "fonts", "inverted", "mnistm", "rotated")


@dataclass(frozen=True)
class Row:
    """One idea: `claims` are keys, `view` is one of the page's."""

    id: str
    title: str
    page: str
    view: str
    claims: tuple[str, ...]

    @property
    def chapter(self) -> str:
        """The first number of its id."""
        return self.id[0]


def _beats(strategy: str) -> tuple[str, ...]:
    """The claims that a strategy beats the source model."""
    return tuple(f"{strategy}_over_source_only_{race}" for race in _ALIGNED)


ROWS = (
    Row(
        "1.1",
        say("Domain and task"),
        "domains",
        "Formalism",
        ("told_apart_optdigits", "told_apart_signs"),
    ),
    Row(
        "1.2",
        say("Covariate shift"),
        "domains",
        "Shift designer",
        ("accuracy_falls_with_mmd",),
    ),
    Row(
        "1.3",
        say("Other inputs: text to pictures"),
        "domains",
        "Text to pictures",
        ("text_helps_vision", "scale_helps_vision"),
    ),
    Row(
        "1.4",
        say("Other labels"),
        "domains",
        "New labels",
        ("new_head_full", "new_head_linear_probe"),
    ),
    Row(
        "1.5",
        say("The joint objective"),
        "domains",
        "Two risks",
        ("lambda_keeps_the_source", "lambda_costs_target"),
    ),
    Row(
        "1.6",
        say("Sequential transfer"),
        "domains",
        "In turn",
        ("transfer_is_sooner",),
    ),
    Row(
        "2.1",
        say("Early layers"),
        "features",
        "First filters",
        ("filters_are_gabors", "first_filters_stay"),
    ),
    Row(
        "2.2",
        say("Middle and late layers"),
        "features",
        "Stage by stage",
        ("classes_part_with_depth", "domains_part_with_depth"),
    ),
    Row(
        "2.3",
        say("From general to specific"),
        "features",
        "Transfer by depth",
        ("frozen_depth_costs", "tuned_depth_does_not"),
    ),
    Row(
        "3.1",
        say("Linear probing"),
        "strategies",
        "How many labels?",
        ("probe_wins_with_few", "full_wins_with_many"),
    ),
    Row(
        "3.2",
        say("Partial fine-tuning"),
        "strategies",
        "Freeze and thaw",
        ("partial_cures_looks", "partial_cures_classes"),
    ),
    Row(
        "3.3",
        say("Full fine-tuning"),
        "strategies",
        "Twenty labels",
        ("by_heart_looks", "by_heart_classes", "full_wins_with_many"),
    ),
    Row(
        "3.4",
        say("Discriminative learning rates"),
        "strategies",
        "Rates by depth",
        ("slow_stages_remember", "hot_rates_hurt"),
    ),
    Row(
        "3.5",
        say("From scratch"),
        "strategies",
        "How many labels?",
        ("pretraining_pays",),
    ),
    Row(
        "4.1",
        say("LoRA"),
        "peft",
        "What it reaches",
        ("lora_off_restores", "lora_is_close_to_full"),
    ),
    Row(
        "4.2",
        say("Prefix tuning"),
        "peft",
        "Prefix and prompt",
        ("prefix_comes_out",),
    ),
    Row(
        "4.3",
        say("Prompt tuning"),
        "peft",
        "Prefix and prompt",
        ("prompt_comes_out",),
    ),
    Row(
        "5.1",
        say("Catastrophic forgetting"),
        "forgetting",
        "What is lost",
        ("full_forgets", "probe_cannot_forget"),
    ),
    Row(
        "5.2",
        say("Elastic weight consolidation"),
        "forgetting",
        "The price of remembering",
        ("ewc_remembers", "ewc_is_cheap", "important_weights_stay"),
    ),
    Row(
        "5.3",
        say("Which weights matter"),
        "forgetting",
        "Which weights matter",
        ("importance_is_concentrated",),
    ),
    Row(
        "5.4",
        say("Negative transfer"),
        "negative_transfer",
        "Does the source help?",
        ("kept_head_hurts", "shuffled_source_hurts"),
    ),
    Row(
        "6.1",
        say("Alignment by MMD"),
        "alignment",
        "While they align",
        ("mmd_lowers_mmd", *_beats("mmd")),
    ),
    Row(
        "6.2",
        say("Adversarial alignment"),
        "alignment",
        "DANN, step by step",
        ("dann_reaches_chance", *_beats("dann")),
    ),
    Row(
        "6.3",
        say("AdaBN, CORAL and the upper bound"),
        "alignment",
        "Does it help?",
        ("adabn_closes_half", "coral_closes_half", "dann_closes_half"),
    ),
    Row(
        "7",
        say("The strategy matrix"),
        "matrix",
        "Advice",
        ("lora_on_remembers", "under_one_percent_probe"),
    ),
)


def row(name: str) -> Row:
    """A row by its id.

    Raises:
        KeyError: there is none.
    """
    return {found.id: found for found in ROWS}[name]


def rows_of(section: str) -> tuple[Row, ...]:
    """The rows that a section ("5.2", or "3" for a whole chapter) is about."""
    same = tuple(found for found in ROWS if found.id == section)
    return same or tuple(r for r in ROWS if r.chapter == section[:1])
