"""The hand-out: what a patient and a navigator take home, in plain words and in their language."""

from screener.render.handout.content import HandOut, hand_out
from screener.render.handout.html import render_html
from screener.render.handout.markdown import render_markdown

__all__ = ["HandOut", "hand_out", "render_html", "render_markdown"]
