"""What nobody means well by: texts for every place that takes one."""

from __future__ import annotations

SCRIPT = "<img src=x onerror=\"document.title='owned'\">"
HTML = (
    SCRIPT,
    "</script><script>document.title='owned'</script>",
    "<a href='javascript:alert(1)'>x</a><b>bold</b>",
    '"onmouseover="alert(1)',
)
MARKDOWN = (
    "[x](http://a.b) ![y](http://a.b/c.png)",
    "http://a.b www.a.b a@b.cc",
    "**x** _y_ `z` ~~s~~ $\\alpha$ :red[r] :smile: :material/delete:",
    "| a | b |\n|---|---|\n# head",
)
FORMULAS = ("=cmd()|' /C calc'!A0", "+1+cmd()", "-1+cmd()", "@SUM(1)")
PATHS = (
    "../../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "C:\\windows",
    "con",
    "file:///etc/passwd",
    "a\x00b",
    "base",
    "__init__",
)
NUMBERS = (
    "9" * 5000,
    "-1",
    "1e999",
    "nan",
    "-inf",
    "0x10",
    "1_000",
    "\u0663",
    "\u00b2",
    "1,2,,3," * 400,
    "true",
    "",
    " ",
)
LETTERS = (
    "\u202egnp.exe",
    "e\u0301\u200b\ufeff",
    "\U0001f600" * 300,
    "a" * 5000,
    "a\nb\r\nc\t",
    "'; DROP TABLE runs; --",
    "{0.__class__} %s ${HOME} {{7*7}}",
    "\ud7ff\uffff",
)
EVERY = (*HTML, *MARKDOWN, *FORMULAS, *PATHS, *NUMBERS, *LETTERS)
