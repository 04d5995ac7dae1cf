"""Before training: what scores promise, and whether they keep it."""

from __future__ import annotations

import streamlit as st

from pages.ui import asking
from pages.ui.charts import chart
from tl_core import promises, sentences
from tl_core.analysis.intervals import Interval
from tl_core.figures import promises as figures
from tl_core.studies import CANDIDATES
from tl_core.texts import say

MEANING = {
    "logme": say(
        "evidence of a Bayesian linear regression from features to "
        "labels, per sample (You et al. 2021)"
    ),
    "leep": say(
        "log-likelihood of target labels told from the source head's "
        "guesses alone, at most 0 (Nguyen et al. 2020)"
    ),
    "h_score": say(
        "share of the features' variance that lies between classes "
        "(Bao et al. 2019; Ibrahim et al. 2021)"
    ),
    "closeness": say(
        "2 minus the proxy A-distance of the domains: the one score "
        "that needs no target label (Ben-David et al. 2007)"
    ),
}
STRATEGIES = ("linear_probe", "full")
Found = dict[str, dict[str, Interval]]


def show(settings: dict[str, str]) -> None:
    """Twelve source models: the scores, the outcomes, and their ranks; then
    the scores of the reader's own choice."""
    st.markdown(
        say(
            "**Which source model is worth fine-tuning?** {candidates} are "
            "at hand, two networks after more or less training on printed "
            "digits. {target_labels} labels of handwritten ones are known, "
            "and scores come from them without training. Do they foretell "
            "what adaptation reaches?",
            candidates=len(CANDIDATES),
            target_labels=CANDIDATES[0].settings["target_labels"],
        )
    )
    if promises.recorded():
        _recorded()
    else:
        st.info(say("`make record` makes the scores behind this chart."))
    _own(settings)


def _recorded() -> None:
    score, strategy = _chosen()
    found, name = agreements(), promises.SCORES[score]
    words = agreed(name, found[name][strategy], strategy)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{words}**")
        figure = figures.foretold(_groups(score, strategy), name)
        chart(figure, words, "promise.foretold")
    with right:
        st.markdown(f"**{best(found)}**")
        titles = {key: sentences.title(key) for key in STRATEGIES}
        chart(figures.agreements(found, titles), best(found), "promise.ranks")
    st.caption(_origin())


def _origin() -> str:
    """Where the numbers come from."""
    runs = [
        run
        for race in CANDIDATES
        for key in STRATEGIES
        for run in promises.runs(race, key)
    ]
    first, trained = runs[0], {run.spec.pretrain_steps for run in runs}
    return say(
        "{runs} runs on {dataset} · convnet and mlp · {fewest} to {most} + "
        "{steps} steps · seeds {seeds} · {device} · {seconds:.0f} s in all · "
        "recorded {recorded} · spec version {version}",
        runs=len(runs),
        dataset=first.spec.dataset,
        fewest=min(trained),
        most=max(trained),
        steps=first.spec.steps,
        seeds=", ".join(sorted({str(run.spec.seed) for run in runs})),
        device=first.device,
        seconds=sum(run.seconds for run in runs),
        recorded=first.recorded,
        version=first.spec.version,
    )


def _chosen() -> tuple[str, str]:
    """A score and a strategy."""
    left, right = st.columns(2)
    score: str = left.selectbox(
        say("Score"),
        list(promises.SCORES),
        format_func=promises.SCORES.__getitem__,
        key="promise.score",
    )
    strategy: str = right.selectbox(
        say("Adapted by"),
        STRATEGIES,
        format_func=sentences.title,
        key="promise.strategy",
    )
    st.caption(f"{promises.SCORES[score]}: {MEANING[score]}.")
    return score, strategy


@st.cache_data
def agreements() -> Found:
    """Rank correlations by score and strategy."""
    outcomes = {key: promises.reached(key) for key in STRATEGIES}
    return {
        title: {
            key: promises.agreement(promises.scores(score), outcomes[key])
            for key in STRATEGIES
        }
        for score, title in promises.SCORES.items()
    }


def agreed(name: str, span: Interval, strategy: str) -> str:
    """One score and one strategy, in words."""
    return say(
        "{score} and {strategy} order the models alike by {mean:.2f} ± "
        "{half:.2f}",
        score=name,
        strategy=sentences.title(strategy).lower(),
        mean=span.mean,
        half=span.half,
    )


def best(found: Found) -> str:
    """Which score ranks best for each strategy."""
    parts = []
    for key in STRATEGIES:
        name = max(found, key=lambda score: found[score][key].mean)
        parts.append(
            say(
                "{score} for {strategy} ({mean:.2f})",
                score=name,
                strategy=sentences.title(key).lower(),
                mean=found[name][key].mean,
            )
        )
    return say("The best order comes from {scores}", scores=", ".join(parts))


def _groups(
    score: str, strategy: str
) -> dict[str, dict[str, tuple[list[float], list[float]]]]:
    """Scores and outcomes by backbone and steps of source training."""
    before, after = promises.scores(score), promises.reached(strategy)
    groups: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    for race in CANDIDATES:
        backbone = str(race.settings["backbone"])
        steps = str(race.settings["pretrain_steps"])
        row = groups.setdefault(backbone, {})
        row[steps] = (list(before[race.key]), list(after[race.key]))
    return groups


def _own(settings: dict[str, str]) -> None:
    """The scores of the pair and backbone chosen above."""
    st.markdown(
        say("**And the pair above?** Its source model, scored just now")
    )
    found = asking.answer("promise", settings)
    if found:
        with st.grid(len(found), min_column_width=120):
            for score, value in found.items():
                name = promises.SCORES[score]
                st.metric(name, f"{value:.3f}", help=MEANING[score])
        st.caption(
            say(
                "Scores of the same target samples can be compared with each "
                "other, and with nothing else: choose another backbone above."
            )
        )
