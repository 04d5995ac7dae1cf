"""Every experiment whose runs ship with the lab."""

from __future__ import annotations

from tl_core.lesson_studies import LESSON_STUDIES
from tl_core.races import RACES
from tl_core.studies import STUDIES

EVERY = tuple(
    {race.key: race for race in (*RACES, *STUDIES, *LESSON_STUDIES)}.values()
)
