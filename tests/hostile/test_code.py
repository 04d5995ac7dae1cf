"""No data becomes code, and no stranger's word becomes HTML: the source text
is walked, and every exception is named with its reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(
    path
    for folder in ("tl_core", "pages")
    for path in (ROOT / folder).rglob("*.py")
) + [ROOT / "app.py"]
MODULES = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib")
BUILTINS = ("eval", "exec", "compile", "__import__")
SAFE = {
    "torch.load": ("weights_only", True),
    "np.load": ("allow_pickle", False),
    "numpy.load": ("allow_pickle", False),
}
"""Functions that unpickle unless they are told not to."""
NEVER = (
    "os.system",
    "os.popen",
    "pd.read_pickle",
    "pandas.read_pickle",
    "yaml.load",
    "yaml.unsafe_load",
    "torch.save",
    "torch.hub.load",
    "torch.jit.load",
)
JUSTIFIED = {
    (
        "tl_core/catalog.py",
        "compile",
    ): "of a card in one of the lab's own catalog files; a key that "
    "names no such file is refused before",
    ("tl_core/catalog.py", "eval"): "the same",
}
HTML = {
    (
        "pages/ui/charts.py",
        "drawings(figure, alt)",
    ): "an SVG whose every text is escaped (tests/figures/test_svg.py)",
    ("pages/ui/classroom.py", "LARGER"): "a constant",
    ("pages/ui/designer.py", "STAY"): "a constant",
    (
        "pages/ui/lesson.py",
        "LIGHT.format(into_view.css(step.highlight))",
    ): "the key of a shipped lesson, letters and dashes alone",
}
"""What is given to a function that takes HTML, but for literal texts."""
MAKERS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
"""Ways in which a script makes HTML of text."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield name, node


def given(call: ast.Call, name: str) -> object:
    """What a keyword is in the text, a constant; None for all else."""
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return keyword.value.value
    return None


def dangerous() -> set[tuple[str, str]]:
    found = set()
    for file, call in calls():
        name = ast.unparse(call.func)
        keyword, safe = SAFE.get(name, ("", None))
        if name in (*BUILTINS, *NEVER) or (
            keyword and given(call, keyword) is not safe
        ):
            found.add((file, name))
        if given(call, "shell") or given(call, "allow_pickle"):
            found.add((file, name))
    return found


def test_no_data_becomes_code():
    assert dangerous() == set(JUSTIFIED)


def test_no_module_that_unpickles_is_imported():
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found |= {
                (path.name, name)
                for name in names
                if name.partition(".")[0] in MODULES
            }
    assert found == set()


def html() -> set[tuple[str, str]]:
    """What is given to functions that take HTML or scripts."""
    return {
        (file, ast.unparse(call.args[0]))
        for file, call in calls()
        if ast.unparse(call.func).endswith((".html", ".iframe"))
        or any("unsafe" in (k.arg or "") for k in call.keywords)
        if file.startswith("pages/ui")
        and call.args
        and not isinstance(call.args[0], ast.Constant)
        if ast.unparse(call.func).startswith("st.")
    }


def test_html_is_never_made_of_a_strangers_words():
    assert html() == set(HTML)


def test_scripts_of_our_components_make_no_html_of_text():
    found = [
        (path.name, maker)
        for path in FILES
        for maker in MAKERS
        if maker in path.read_text("utf-8")
    ]
    assert found == []


def test_a_path_on_the_server_comes_from_the_command_line_alone():
    """Pages give `uploads.take` what a browser sent, and open no file whose
    name somebody else chose."""
    takers = {file for file, call in calls() if is_take(call)}
    assert takers == {
        "pages/ui/upload.py",
        "tl_core/commands.py",
        "tl_core/export/again.py",
    }
    text = (ROOT / "pages/ui/upload.py").read_text("utf-8")
    assert re.search(r"def _take\(given: BytesIO\)", text)
    assert "Path(" not in text


def is_take(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "uploads.take"


def test_every_database_query_has_its_values_beside_it():
    """An f-string in SQL names columns and conditions of our own; what comes
    from outside is a parameter."""
    number = r"limit:d|round\(1000 \* BRIEFLY\)"
    own = re.compile(rf"[A-Za-z_.]+|{number}")
    for file, call in calls():
        if not ast.unparse(call.func).endswith((".execute", ".executemany")):
            continue
        for part in ast.walk(call.args[0]):
            if isinstance(part, ast.FormattedValue):
                inside = ast.unparse(part.value)
                assert own.fullmatch(inside), (file, inside)
