"""Interview questions: complete, in step with the runs, and openable."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pages.ui import registry
from tests import formulas
from tl_core import interview, recording, texts
from tl_core.analysis.intervals import interval
from tl_core.claim import Arm, judge
from tl_core.claims import CLAIMS
from tl_core.code_items import code_items
from tl_core.lesson_studies import CROSSOVER, CURES
from tl_core.question import LEVELS
from tl_core.races import RACES
from tl_core.rows import RowError, Rows
from tl_core.spec import spec_from_settings

ROOT = Path(__file__).parent.parent
ASKED = interview.questions()
KEYS = [asked.key for asked in ASKED]
VERDICTS = {claim.key: judge(claim, recording.read) for claim in CLAIMS}
SYLLABUS = {
    *("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3"),
    *("3.1", "3.2", "3.3", "3.4", "3.5", "4.1", "4.2", "4.3"),
    *("5.1", "5.2", "5.3", "5.4", "6.1", "6.2", "6.3", "7"),
}
BEYOND = {"3"}
"""What the syllabus wants beside its numbered strategies."""
every = pytest.mark.parametrize("key", KEYS)


def test_there_are_enough_on_every_section_and_level():
    assert len(ASKED) >= 44
    assert {asked.section for asked in ASKED} == SYLLABUS | BEYOND
    by_level = [asked.level for asked in ASKED]
    assert by_level.count("screen") >= 15
    assert by_level.count("senior") >= 17
    assert by_level.count("whiteboard") >= 12
    for chapter in interview.CHAPTERS:
        levels = {q.level for q in ASKED if q.chapter == chapter}
        assert levels == set(LEVELS), chapter


def test_sections_hold_every_question_once_in_order():
    sections = interview.by_section()
    assert sum(sections.values(), ()) == tuple(
        sorted(ASKED, key=lambda asked: asked.section)
    )
    assert interview.question("gradient_reversal").section == "6.2"


@every
def test_a_question_has_all_parts(key):
    asked = interview.question(key)
    assert re.fullmatch(r"[a-z][a-z0-9_]+", key)
    assert 2 <= asked.minutes <= 20
    assert len(asked.followups) >= 2
    assert 3 <= len(asked.rubric) <= 5
    assert all(point.endswith(".") for point in asked.rubric)
    least = 1 if asked.level == "screen" else 3
    assert len(asked.derivation) >= least
    assert 25 <= len(asked.short.split()) <= 120  # said in a minute
    assert len(asked.full.split()) > len(asked.short.split())
    assert asked.papers


def test_the_required_three_are_answered_in_depth():
    for key in (
        "tiny_far_target",
        "gradient_reversal",
        "forgetting_and_lora",
    ):
        asked = interview.question(key)
        assert len(asked.full.split()) > 300
        assert len(asked.derivation) >= 5
        assert len(asked.followups) >= 4
        assert len(asked.claims) >= 3


def test_no_two_questions_are_alike():
    assert len({asked.title for asked in ASKED}) == len(ASKED)
    assert len({asked.short for asked in ASKED}) == len(ASKED)
    assert len({asked.wrong.answer for asked in ASKED}) == len(ASKED)


@every
def test_no_answer_contradicts_a_verdict(key):
    asked = interview.question(key)
    assert set(asked.holds) == set(asked.claims)
    for claim, relied in asked.holds.items():
        assert VERDICTS[claim].badge == relied, claim


@every
def test_places_are_filled_with_what_runs_say(key):
    asked = interview.question(key)
    said = [
        *asked.texts,
        *(point.line for point in asked.derivation),
    ]
    for text in said:
        assert set(interview.placed(text)) <= set(asked.claims)
        filled = interview.filled(text, recording.read)
        assert "{claim" not in filled
        assert "not recorded" not in filled
    whole = " ".join(said)
    for claim in interview.placed(whole):
        effect = VERDICTS[claim].effect
        assert f"{100 * effect.mean:+.1f} ± " in interview.filled(
            whole, recording.read
        )


@every
def test_no_number_of_ours_is_written_down(key):
    whole = " ".join(interview.question(key).texts)
    assert "±" not in whole
    for claim in CLAIMS:
        mean = abs(100 * VERDICTS[claim.key].effect.mean)
        if mean > 0.05:
            assert f"{mean:.1f} points" not in whole


def test_a_run_that_is_missing_is_said():
    text = "Lost: {claim:full_forgets}."
    assert interview.filled(text, lambda _: None) == "Lost: (not recorded)."
    with pytest.raises(KeyError, match="nonsense"):
        interview.filled("{claim:nonsense}", recording.read)


def test_answers_say_what_the_curves_show():
    """Sentences that lean on runs no claim is about."""

    def mean(race, strategy, measure="target"):
        arm = Arm(race, strategy, measure)
        return interval(arm.values(recording.read)).mean

    ways = {race.title: race for race in CURES["Inverted, noisy digits"]}
    full, probe, scratch = (
        mean(ways[way].key, ways[way].strategies[0])
        for way in ("Full fine-tuning", "Linear probe", "From scratch")
    )
    assert full > probe + 0.1
    assert full > scratch + 0.1
    fitted = [mean(r.key, r.strategies[0], "fitted") for r in ways.values()]
    assert min(fitted) > 0.99
    curve = {n: mean(r.key, "linear_probe") for n, r in CROSSOVER.items()}
    assert abs(curve[2000] - curve[100]) < 0.02
    steep = [mean(CROSSOVER[n].key, "full") for n in (20, 50)]
    assert steep[1] > steep[0] + 0.05
    kept = {
        way: mean("matrix_taught_all", way, "source")
        for way in ("full", "lora", "ewc", "discriminative_lr", "joint")
    }
    assert kept["full"] < kept["lora"] < kept["ewc"] < kept["joint"]
    assert kept["joint"] > kept["discriminative_lr"]
    lost = mean("matrix_untaught", "dann", "source_before") - mean(
        "matrix_untaught", "dann", "source"
    )
    assert lost < 0.02
    for labels in (10, 100, "all"):
        probe, between, full = (
            mean(f"matrix_taught_{labels}", way)
            for way in ("linear_probe", "lp_ft", "full")
        )
        assert probe < between < full
    beaten = [
        race.key
        for race in RACES
        if "coral" in race.strategies
        and mean(race.key, "mmd") > mean(race.key, "dann")
    ]
    assert len(beaten) >= 2
    assert mean("gamma_0", "ewc", "source") < mean(
        "gamma_30000", "ewc", "source"
    )


def views(page: str) -> set[str]:
    """The names of a page's views, read from its source."""
    tree = ast.parse((ROOT / "pages" / f"{page}.py").read_text("utf-8"))
    found = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and "VIEWS" in ast.unparse(node).split("=")[0]
    )
    return {name_of(key, tree) for key in found.keys}


def name_of(node: ast.expr, tree: ast.Module) -> str:
    """A text, or a constant of the page or of one of its modules."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        path = ROOT / "pages" / "ui" / f"{node.value.id}.py"
        tree, name = ast.parse(path.read_text("utf-8")), node.attr
    else:
        name = node.id
    values = {}
    for line in tree.body:
        if isinstance(line, ast.Assign):
            for goal in line.targets:
                if isinstance(goal, ast.Tuple):
                    pairs = zip(goal.elts, line.value.elts, strict=True)
                    values |= {one.id: value for one, value in pairs}
                elif isinstance(goal, ast.Name):
                    values[goal.id] = line.value
    return ast.literal_eval(values[name])


@every
def test_every_exhibit_can_be_opened(key):
    shown = interview.question(key).exhibit
    assert shown.page in registry.about()
    assert shown.caption.endswith(".")
    if shown.kind == "view":
        assert shown.view in views(shown.page)
        assert shown.query["view"] == shown.view
    elif shown.kind == "claim":
        assert shown.key in VERDICTS
        assert shown.key in interview.question(key).claims
    elif shown.kind == "race":
        assert shown.key in {race.key for race in RACES}
        assert shown.query == {"race": shown.key}
    else:
        spec = spec_from_settings(shown.link)
        assert recording.read(spec.id) is not None
    sources = [
        path.read_text("utf-8") for path in (ROOT / "pages/ui").glob("*.py")
    ]
    for widget in shown.state:
        assert any(f'"{widget}"' in source for source in sources), widget


def formulas_of_all() -> list[str]:
    found = []
    for asked in ASKED:
        found += [line.line for line in asked.derivation]
        for text in asked.texts:
            found += formulas.inside(text)
    for item in code_items():
        for text in (item.why, item.evidence, *item.options):
            found += formulas.inside(text)
    return found


@every
def test_every_formula_is_well_formed(key):
    asked = interview.question(key)
    for text in asked.texts:
        for formula in formulas.inside(text):
            formulas.check(formula)
            assert "{claim" not in formula
    for line in asked.derivation:
        assert "$" not in line.line
        formulas.check(line.line)


@pytest.mark.parametrize(
    "bad",
    [
        r"\frac{1}{2",
        r"\left( x",
        r"\begin{pmatrix} 1",
        "5 % of x",
        r"x}{",
        r"\begin{matrix} 1 \end{pmatrix}",
    ],
)
def test_a_bad_formula_is_found(bad):
    with pytest.raises(AssertionError):
        formulas.check(bad)
    with pytest.raises(AssertionError):
        formulas.inside("An open $x")


def test_every_formula_renders(tmp_path):
    """By the KaTeX that Streamlit brings and the Node.js of Playwright."""
    import playwright
    import streamlit

    node = Path(playwright.__file__).parent / "driver" / "node"
    static = Path(streamlit.__file__).parent / "static" / "static" / "js"
    (katex, *_) = static.glob("katex.*.js")
    shutil.copy(katex, tmp_path / "katex.mjs")
    script = tmp_path / "render.mjs"
    script.write_text(formulas.RENDER)
    said = json.dumps([*formulas_of_all(), r"\frac{1}{"])
    done = subprocess.run(
        [node, script], input=said, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [r"\frac{1}{"]


ARXIV = re.compile(r"\d{4}\.\d{4,5}")


def test_papers_are_cited_alike_and_as_elsewhere():
    cited: dict[str, set[str]] = {}
    for paper in (paper for asked in ASKED for paper in asked.papers):
        assert re.search(r" (19|20)\d\d, ", paper.cite), paper.cite
        assert bool(paper.arxiv) != bool(paper.doi)
        if paper.arxiv:
            assert ARXIV.fullmatch(paper.arxiv)
        else:
            assert re.fullmatch(r"10\.\d{4,}/\S+", paper.doi)
        assert paper.url.startswith("https://")
        cited.setdefault(paper.arxiv or paper.doi, set()).add(paper.cite)
    assert [cites for cites in cited.values() if len(cites) > 1] == []
    for number, (cite,) in cited.items():
        found = elsewhere(number)
        author = re.split(r"[ ,]", cite)[0]
        assert not found or any(author in text for text in found), cite


def elsewhere(number: str) -> list[str]:
    """What stands before a paper's number in the rest of the lab."""
    return [
        text[max(0, at - 400) : at]
        for path in (ROOT / "tl_core").rglob("*.py")
        for text in [path.read_text("utf-8")]
        for at in [text.find(number)]
        if at >= 0
    ]


def row(**changes) -> dict:
    path = texts.file("interview/tuning.toml")
    found = tomllib.loads(path.read_text("utf-8"))["questions"][0]
    return {**found, **changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": "easy"}, "level is 'easy'; known: screen"),
        ({"minutes": "three"}, "minutes is not a whole number"),
        ({"short": " "}, "short is empty"),
        ({"rubrik": ["x"]}, "rubrik is not a field"),
        ({"wrong": {"answer": "x"}}, "wrong: why is missing"),
        ({"exhibit": {"kind": "film"}}, "exhibit: kind is 'film'"),
        ({"papers": [{"cite": "x"}]}, "papers 0: arxiv"),
        ({"topics": [1]}, "topics holds something"),
        ({"followups": []}, "followups has fewer"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_field(changes, words):
    with pytest.raises(RowError) as error:
        interview._question(Rows("tuning.toml", row(**changes)))
    assert str(error.value).startswith("tuning.toml, probe_or_finetune")
    assert words in str(error.value)


def test_questions_need_no_torch():
    code = (
        "import sys; from tl_core import code_items, interview; "
        "interview.questions(); code_items.code_items(); "
        "sys.exit('torch' in sys.modules or 'streamlit' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
    )
