"""PEFT: adapting a network by few numbers."""

import streamlit as st

from pages.ui import lora_count, lora_film, memory_bars, peft, tokens, views
from tl_core.texts import say

PAGE = {
    "title": "Few weights",
    "icon": ":material/compress:",
    "section": "Learn",
    "order": 8,
    "help": "LoRA and its kin: what few trained numbers reach, of what rank "
    "a change is, and what switching off restores.",
}

st.title(say("Adapting with few numbers"), anchor=False)
st.markdown(
    say(
        "A large network need not change everywhere to learn a task. **LoRA** "
        "keeps $W_0$ and learns a product of two thin matrices, "
        "$W = W_0 + \\frac{\\alpha}{r} B A$; $B$ starts at zero, so nothing "
        "changes at first, and the change can be switched off."
    )
)
VIEWS = {
    "What it reaches": peft.front,
    "BA grows": lora_film.show,
    "Of what rank?": peft.what_rank,
    "On and off": peft.on_and_off,
    "Prefix and prompt": tokens.show,
    "Memory": memory_bars.show,
    "Count": lora_count.show,
}
views.show("peft", VIEWS)
