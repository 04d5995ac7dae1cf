"""Bringing one's own pictures to the Run page."""

import pytest

from pages.ui import upload
from tests.picture_zips import layout, zipped
from tests.test_pages import button, lab, opened, text  # noqa: F401
from tl_core import uploads

pytestmark = pytest.mark.filterwarnings("default")
BOTH = layout({"source": 4, "target": 4})
FOLDER = {"dataset": "folder", "pretrain_steps": "2", "steps": "2"}


def uploaded(app, data: bytes):
    app.file_uploader[0].set_value(("mine.zip", data, "application/zip"))
    return app.run()


def errors(app) -> str:
    return " ".join(str(e.value) for e in app.error)


def test_without_pictures_the_page_asks_for_them():
    app = opened("run", dataset="folder")
    assert not app.exception
    assert "Upload a zip file" in text(app)
    assert button(app, "Run").disabled


def test_an_upload_can_be_run(lab):  # noqa: F811
    app = uploaded(opened("run", **FOLDER), zipped(BOTH).getvalue())
    assert not app.exception
    assert "16 pictures of 2 classes" in text(app)
    button(app, "Run").click()
    app.run()
    (record,) = lab.store.recent(9)
    assert (record.state, record.error) == ("done", None)
    assert record.spec.dataset_params["data"] == uploads.take(zipped(BOTH)).id


def test_an_imported_set_is_in_the_link_and_survives_a_reload():
    app = uploaded(opened("run", **FOLDER), zipped(BOTH).getvalue())
    data = app.query_params["dataset.data"]
    again = opened("run", **FOLDER, **{"dataset.data": data})
    assert "16 pictures of 2 classes" in text(again)
    assert not button(again, "Run").disabled


def test_another_choice_of_dataset_does_not_lose_the_pictures():
    app = uploaded(opened("run", **FOLDER), zipped(BOTH).getvalue())
    data = app.query_params["dataset.data"]
    for key in ("moons", "folder"):
        app.selectbox("set.dataset").set_value(key).run()
    assert not app.exception
    assert app.query_params["dataset.data"] == data
    assert "16 pictures of 2 classes" in text(app)


def test_what_is_left_out_is_told_with_its_reason():
    files = {**BOTH, "target/ants/notes.png": b"words", "readme.txt": b"hi"}
    app = uploaded(opened("run", **FOLDER), zipped(files).getvalue())
    told = {row for frame in app.dataframe for row in frame.value.iloc[:, 0]}
    assert {"target/ants/notes.png", "readme.txt"} <= told
    assert not app.exception


def test_a_bad_file_is_one_sentence_and_loses_nothing():
    app = uploaded(opened("run", **FOLDER), zipped(BOTH).getvalue())
    data = app.query_params["dataset.data"]
    app = uploaded(app, b"no zip file")
    assert not app.exception
    assert "zip file that can be read" in errors(app)
    assert app.query_params["dataset.data"] == data


def test_a_link_to_pictures_of_another_server_is_told():
    app = opened("run", **FOLDER, **{"dataset.data": "0123456789abcdef"})
    assert not app.exception
    assert "not kept here" in errors(app)
    assert button(app, "Run").disabled


def test_a_malformed_id_costs_no_other_setting():
    app = opened("run", **FOLDER, **{"dataset.data": "../../etc/passwd"})
    assert not app.exception
    assert "dataset.data cannot be" in app.warning[0].value
    assert app.selectbox("set.dataset").value == "folder"


def test_names_of_classes_stay_text():
    names = ("<script>", "**x**")
    files = layout({"source": 4, "target": 4}, names)
    app = uploaded(opened("run", **FOLDER), zipped(files).getvalue())
    assert set(app.dataframe[0].value["class"]) == set(names)
    assert "<script>" not in text(app)
    few = layout({"target": 4}, names) | layout({"source": 4}, ("<b>", "_y_"))
    app = uploaded(app, zipped(few).getvalue())
    assert r"\*\*x\*\*" in errors(app)
    assert "**x**" not in errors(app)


def test_every_mark_of_markdown_is_taken_as_it_stands():
    assert upload.plain("a*b_[c](d)`e`") == r"a\*b\_\[c\](d)\`e\`"
