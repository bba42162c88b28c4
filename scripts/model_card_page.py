"""Writes the model card as a page that the gateway can serve: scripts/model_card_page.py CARD.md PAGE.html."""  # noqa: INP001

import itertools
import re
import sys
from pathlib import Path

import markdown

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Model card</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/page.css">
</head>
<body>
<main class="prose">
{}
</main>
</body>
</html>
"""
_TABLE = '<div class="wide" tabindex="0" role="region" aria-label="figures {}"><table>'
_PICTURE = re.compile(r"^!\[[^]]*\]\([^)]*\)\n", re.MULTILINE)
_ELSEWHERE = re.compile(r"\[([^]]*)\]\((?!https://)[^)]*\)")
_COMMENT = re.compile(r"<!--.*?-->\n", re.DOTALL)


def page_of(card: str) -> str:
    """Return the card as a page; what it shows or names beside it is not on the gateway, and left out."""
    text = _ELSEWHERE.sub(r"\1", _PICTURE.sub("", _COMMENT.sub("", card)))
    body = markdown.markdown(text, extensions=["tables"])
    # Columns of figures are aligned by a style in the markup, which the policy of the page does not let through.
    body = body.replace(' style="text-align: right;"', ' class="number"').replace("</table>", "</table></div>")
    numbers = itertools.count(1)
    body = re.sub("<table>", lambda _: _TABLE.format(next(numbers)), body)
    return _PAGE.format(body)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page_of(Path(sys.argv[1]).read_text("utf-8")), "utf-8")
